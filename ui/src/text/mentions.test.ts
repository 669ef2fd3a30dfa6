import { describe, expect, it } from 'vitest'
import { mentions, Names } from './mentions'

const names = new Names(['Mina', 'Mina Kim', 'Jun', '민아', 'R2-D2', 'Ana.', 'x@y', 'İpek'], 'Mina')
const called = (text: string) => mentions(text, names).map(({ name }) => name)

describe('a mention', () => {
  it.each([
    ['@Mina hello', ['Mina']],
    ['hello @mina!', ['Mina']],
    ['@Mina Kim and @Mina', ['Mina Kim', 'Mina']],
    ['@Mina Kimchi', ['Mina']],
    ['(@Jun)', ['Jun']],
    ['@민아 안녕', ['민아']],
    ['@민아님, @민아가 @민아한테는 @민아씨도', ['민아', '민아', '민아', '민아']],
    ['@Jun이 왔어요', ['Jun']],
    ['@R2-D2: beep', ['R2-D2']],
    ['@Ana.', ['Ana.']],
    ['@Jun@Mina', ['Jun']],
    ['@İpek', ['İpek']],
  ])('in %j is for %j', (text, expected) => {
    expect(called(text)).toEqual(expected)
  })

  it.each([
    '@Minami',
    '@Min',
    'mail mina@Mina',
    '@민아름',
    'Mina',
    '@',
    '@@Mina',
    '@ Mina',
    '@Jun2',
    '@Jun_',
  ])('is not in %j', (text) => {
    expect(called(text)).toEqual([])
  })

  it('says where it stands', () => {
    expect(mentions('so @Mina Kim said', names)).toEqual([{ from: 3, to: 12, name: 'Mina Kim' }])
  })

  it('of thousands in one message, among thousands of people, takes no time', () => {
    const crowd = new Names(
      Array.from({ length: 5_000 }, (_, number) => `Mina ${number}`),
      'Mina',
    )
    const begun = performance.now()
    mentions('@Mina '.repeat(3_000), crowd)
    expect(performance.now() - begun).toBeLessThan(500)
  })
})
