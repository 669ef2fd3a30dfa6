import { afterEach, describe, expect, it } from 'vitest'
import { en as doorEn } from './door.en'
import { ko as doorKo } from './door.ko'
import { en } from './en'
import { ko } from './ko'
import { sizeText } from './size'
import { clock, dayName, nameList, shortClock } from './time'
import { chooseLanguage } from './words'

const NOON = new Date(2026, 10, 23, 12).getTime()
const DAY = 86_400_000

/** Each text of a catalogue, functions called with something plausible. */
function texts(words: object): string[] {
  return Object.values(words).flatMap((word: unknown) => {
    if (typeof word === 'string') return [word]
    if (typeof word === 'function') return [word(3, 4, 5) as string, word(1, 1, 1) as string]
    return texts(word as object)
  })
}

describe('the catalogues', () => {
  it('leave nothing empty', () => {
    for (const text of [en, ko, doorEn, doorKo].flatMap(texts)) expect(text.trim()).not.toBe('')
  })

  it('count in English as English does', () => {
    const wrong =
      /\b1 (characters|days|files|guests|hours|messages|minutes|others|people|seconds|suggestions)\b|#/
    expect([en, doorEn].flatMap(texts).filter((text) => wrong.test(text))).toEqual([])
  })

  it('call the app one thing in Korean: 스너그', () => {
    for (const text of [ko, doorKo].flatMap(texts)) expect(text).not.toMatch(/Snug(이 |을|은|으로|과)/)
  })

  it('are translated: Korean shares only names and examples with English', () => {
    const english = [...texts(en), ...texts(doorEn)]
    const shared = [...texts(ko), ...texts(doorKo)].filter((text, at) => text === english[at])
    expect(shared).toEqual(['Snug', 'http://192.168.1.20:7684/r/…'])
  })
})

describe('words for numbers, names and days', () => {
  afterEach(() => chooseLanguage('en'))

  it('in English', async () => {
    await chooseLanguage('en')
    expect(nameList(['Mina'])).toBe('Mina')
    expect(nameList(['Mina', 'Jun'])).toBe('Mina and Jun')
    expect(nameList(['Mina', 'Jun', 'Ana', 'Bo', 'Cy'])).toBe('Mina, Jun, and 3 others')
    expect(nameList(['Mina'], 2, 1)).toBe('Mina and 1 other')
    expect(nameList(['Mina', 'Jun', 'Ana'], 2, 3)).toBe('Mina, Jun, and 4 others')
    expect(nameList([], 2, 1)).toBe('Someone')
    expect(nameList([], 2, 3)).toBe('3 people')
    expect(dayName(NOON, NOON)).toBe('Today')
    expect(dayName(NOON - DAY, NOON)).toBe('Yesterday')
    expect(dayName(NOON - 3 * DAY, NOON)).toBe('Friday, November 20')
    expect(dayName(NOON - 400 * DAY, NOON)).toContain('2025')
    expect(clock(NOON)).toMatch(/12:00/)
    expect(shortClock(NOON)).toBe('12:00')
  })

  it('for sizes', async () => {
    await chooseLanguage('en')
    expect(sizeText(0)).toBe('0 bytes')
    expect(sizeText(1)).toBe('1 byte')
    expect(sizeText(1023)).toBe('1 kB')
    expect(sizeText(2_401_337)).toBe('2.3 MB')
    expect(sizeText(100 * 1024 * 1024)).toBe('100 MB')
    expect(sizeText(5 * 1024 ** 4)).toBe('5,120 GB')
    await chooseLanguage('ko')
    expect(sizeText(12)).toBe('12바이트')
    expect(sizeText(2_401_337)).toBe('2.3MB')
  })

  it('in Korean', async () => {
    await chooseLanguage('ko')
    expect(nameList(['미나', '준'])).toBe('미나, 준')
    expect(nameList(['미나', '준', '아나'])).toBe('미나, 준, 아나')
    expect(nameList(['미나', '준', '아나', '보'])).toBe('미나, 준 외 2명')
    expect(nameList(['미나'], 2, 1)).toBe('미나 외 1명')
    expect(nameList([], 2, 2)).toBe('2명')
    expect(dayName(NOON, NOON)).toBe('오늘')
    expect(dayName(NOON - 3 * DAY, NOON)).toBe('11월 20일 금요일')
    expect(clock(NOON)).toBe('오후 12:00')
  })
})
