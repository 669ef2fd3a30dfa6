import { beforeEach, describe, expect, it } from 'vitest'
import { Typing } from './typing'

describe('writing', () => {
  let now = 0
  let told: boolean[] = []
  let typing: Typing
  beforeEach(() => {
    now = 0
    told = []
    typing = new Typing(
      (on) => told.push(on),
      () => now,
    )
  })

  it('is told every few seconds, however fast one types', () => {
    for (now = 0; now < 10_000; now += 50) typing.wrote('hello')
    expect(told).toEqual([true, true, true, true])
  })

  it('ends when all is deleted, and only then is that told', () => {
    typing.wrote('  ')
    expect(told).toEqual([])
    typing.wrote('h')
    typing.wrote('')
    typing.wrote('')
    expect(told).toEqual([true, false])
    typing.wrote('h')
    expect(told).toEqual([true, false, true])
  })

  it('ends with what is sent, and begins at once with the next', () => {
    typing.wrote('hello')
    typing.sent()
    typing.wrote('a')
    expect(told).toEqual([true, true])
  })
})
