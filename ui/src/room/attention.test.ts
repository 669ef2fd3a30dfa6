import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Attention } from './attention'

describe('whether anybody looks', () => {
  let hidden = false
  const heard = new Map<string, () => void>()
  let told: boolean[] = []
  let attention: Attention

  beforeEach(() => {
    vi.useFakeTimers()
    hidden = false
    heard.clear()
    told = []
    const listen = {
      addEventListener: (name: string, act: () => void) => heard.set(name, act),
      removeEventListener: (name: string) => heard.delete(name),
    }
    vi.stubGlobal('document', {
      ...listen,
      get hidden() {
        return hidden
      },
    })
    vi.stubGlobal('addEventListener', listen.addEventListener)
    vi.stubGlobal('removeEventListener', listen.removeEventListener)
    attention = new Attention((away) => told.push(away))
    attention.start()
  })

  afterEach(() => {
    attention.stop()
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  const show = (visible: boolean) => {
    hidden = !visible
    heard.get('visibilitychange')?.()
  }

  it('is told when a page stays hidden, and when it is seen again', () => {
    show(false)
    vi.advanceTimersByTime(29_000)
    expect(told).toEqual([])
    vi.advanceTimersByTime(1_000)
    expect(told).toEqual([true])
    show(true)
    expect(told).toEqual([true, false])
  })

  it('is not told of a look at another tab', () => {
    show(false)
    vi.advanceTimersByTime(20_000)
    show(true)
    vi.advanceTimersByTime(60_000)
    expect(told).toEqual([])
  })

  it('is told after minutes without a touch, counted from the last one', () => {
    vi.advanceTimersByTime(4 * 60_000)
    heard.get('keydown')?.()
    vi.advanceTimersByTime(4 * 60_000)
    expect(told).toEqual([])
    vi.advanceTimersByTime(60_000)
    expect(told).toEqual([true])
    heard.get('pointermove')?.()
    expect(told).toEqual([true, false])
    vi.advanceTimersByTime(5 * 60_000)
    expect(told).toEqual([true, false, true])
  })

  it('is told again to every new connection', () => {
    attention.welcomed()
    expect(told).toEqual([])
    show(false)
    vi.advanceTimersByTime(30_000)
    attention.welcomed()
    expect(told).toEqual([true, true])
  })

  it('ends with the room', () => {
    show(false)
    attention.stop()
    vi.advanceTimersByTime(600_000)
    expect(told).toEqual([])
    expect([...heard.keys()]).toEqual([])
  })
})
