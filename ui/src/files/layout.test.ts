import { describe, expect, it } from 'vitest'
import { bounded, ratioOf, rowsOf } from './layout'

describe('one picture', () => {
  it('keeps its shape within its bounds', () => {
    expect(bounded({ width: 4032, height: 3024 })).toEqual({ width: 400, height: 300 })
    expect(bounded({ width: 3024, height: 4032 })).toEqual({ width: 240, height: 320 })
  })

  it('is never made larger than it is, only large enough to press', () => {
    expect(bounded({ width: 120, height: 90 })).toEqual({ width: 120, height: 90 })
    expect(bounded({ width: 1, height: 1 })).toEqual({ width: 48, height: 48 })
    expect(bounded({ width: 20_000, height: 100 })).toEqual({ width: 400, height: 48 })
    expect(bounded({ width: 100, height: 20_000 })).toEqual({ width: 48, height: 320 })
  })
})

describe('several', () => {
  it('stand in rows of two and three, and none alone', () => {
    const rows = (count: number) => rowsOf(Array.from({ length: count })).map(({ length }) => length)
    expect(rows(1)).toEqual([1])
    expect(rows(2)).toEqual([2])
    expect(rows(3)).toEqual([3])
    expect(rows(4)).toEqual([2, 2])
    expect(rows(5)).toEqual([2, 3])
    expect(rows(7)).toEqual([2, 2, 3])
    expect(rows(20)).toEqual([2, 3, 3, 3, 3, 3, 3])
  })

  it('are neither too narrow nor too wide', () => {
    expect(ratioOf({ width: 400, height: 300 })).toBe(1.333)
    expect(ratioOf({ width: 100, height: 20_000 })).toBe(0.6)
    expect(ratioOf({ width: 20_000, height: 100 })).toBe(2.2)
  })
})
