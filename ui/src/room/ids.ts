/**
 * Ids and tokens. `crypto.randomUUID` exists in secure contexts only, and http://192.168.… is none;
 * `getRandomValues` works everywhere.
 */

/** 64 digits that are the same in every alphabet a link or a file name may have, in their order as text. */
const DIGITS = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'
const TIME_DIGITS = 8
const COUNTER_DIGITS = 2
const RANDOM_DIGITS = 8

let lastTime = 0
let counter = 0

/**
 * A message's id: the time in milliseconds, a counter within one of them, and 48 random bits. As text it sorts by when it
 * was minted, as a UUID v7 does, which keeps those of a busy room close together in the relay's index; at half
 * the length, because it goes with every message to everybody.
 */
export function messageId(now = Date.now()): string {
  if (now > lastTime) {
    lastTime = now
    counter = 0
  } else {
    counter += 1
    if (counter >= DIGITS.length ** COUNTER_DIGITS) {
      lastTime += 1
      counter = 0
    }
  }
  return digits(lastTime, TIME_DIGITS) + digits(counter, COUNTER_DIGITS) + randomDigits(RANDOM_DIGITS)
}

/** Ids minted from now on sort behind this one: it was minted when the clock may have shown a later time. */
export function mintAfter(id: string): void {
  let time = 0
  for (const digit of id.slice(0, TIME_DIGITS)) {
    const value = DIGITS.indexOf(digit)
    if (value < 0) return
    time = time * DIGITS.length + value
  }
  if (id.length < TIME_DIGITS || time < lastTime) return
  lastTime = time
  counter = DIGITS.length ** COUNTER_DIGITS - 1
}

function digits(value: number, count: number): string {
  let text = ''
  for (let rest = value; text.length < count; rest = Math.floor(rest / DIGITS.length)) {
    text = DIGITS.charAt(rest % DIGITS.length) + text
  }
  return text
}

function randomDigits(count: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(count))
  return Array.from(bytes, (byte) => DIGITS.charAt(byte % DIGITS.length)).join('')
}

/** A device's token: 132 random bits in the alphabet the wire asks for. */
export function deviceToken(): string {
  return randomDigits(22)
}
