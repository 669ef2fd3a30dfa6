/**
 * Ids and tokens. `crypto.randomUUID` exists in secure contexts only, and http://192.168.… is none;
 * `getRandomValues` works everywhere.
 */

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

let lastTime = 0
let counter = 0

/** A UUID v7: its text sorts by when it was minted, several in one millisecond included. */
export function messageId(now = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  if (now > lastTime) {
    lastTime = now
    counter = 0
  } else {
    counter += 1
    if (counter > 0xfff) {
      lastTime += 1
      counter = 0
    }
  }
  let time = lastTime
  for (let at = 5; at >= 0; at -= 1) {
    bytes[at] = time % 256
    time = Math.floor(time / 256)
  }
  bytes[6] = 0x70 | (counter >> 8)
  bytes[7] = counter & 0xff
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  const text = hex(bytes)
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join(
    '-',
  )
}

/** Ids minted from now on sort behind this one: it was minted when the clock may have shown a later time. */
export function mintAfter(id: string): void {
  const time = Number.parseInt(id.replace('-', '').slice(0, 12), 16)
  if (Number.isNaN(time) || time < lastTime) return
  lastTime = time
  counter = 0xfff
}

/** A device's token: 128 random bits in the alphabet the wire asks for. */
export function deviceToken(): string {
  return hex(crypto.getRandomValues(new Uint8Array(16)))
}
