import { describe, expect, it } from 'vitest'
import { at, fitting, NOWHERE, zoomed } from './zoom'

const room = { width: 1000, height: 500 }

describe('looking at a picture', () => {
  it('fits it into the window, and never makes it larger than it is', () => {
    expect(fitting({ width: 4000, height: 1000 }, room)).toEqual({ width: 1000, height: 250 })
    expect(fitting({ width: 500, height: 5000 }, room)).toEqual({ width: 50, height: 500 })
    expect(fitting({ width: 10, height: 20 }, room)).toEqual({ width: 10, height: 20 })
  })

  it('zooms towards where one points', () => {
    const near = zoomed(NOWHERE, 2, 100, -50)
    expect(near).toEqual({ zoom: 2, x: -100, y: 50 })
    // And back out of there the same way.
    expect(zoomed(near, 1, 100, -50)).toEqual(NOWHERE)
  })

  it('keeps it in the window', () => {
    const fit = { width: 800, height: 500 }
    expect(at({ zoom: 1, x: 90, y: 90 }, fit, room)).toEqual(NOWHERE)
    expect(at({ zoom: 2, x: 900, y: -900 }, fit, room)).toEqual({ zoom: 2, x: 300, y: -250 })
  })
})
