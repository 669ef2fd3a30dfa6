import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MessageNews } from './message-news'
import type { Pending } from './state'

const item = (id: string, fate: Pick<Pending, 'failed' | 'held'> = {}): Pending => ({
  id,
  text: id,
  at: 0,
  ...fate,
})

describe('what is told of messages to those who do not see them', () => {
  let told: string[]
  let news: MessageNews

  beforeEach(() => {
    vi.useFakeTimers()
    told = []
    news = new MessageNews((messages) =>
      told.push(messages.map(({ id, failed, held }) => `${id} ${failed ?? held}`).join(', ')),
    )
    news.saw([])
  })
  afterEach(() => {
    news.stop()
    vi.useRealTimers()
  })

  const saw = (...pending: Pending[]) => {
    news.saw(pending)
    vi.advanceTimersByTime(300)
  }

  it('a refusal is told each time, and what goes well never', () => {
    saw(item('a'))
    saw(item('a', { failed: 'muted' }))
    saw(item('a', { failed: 'muted' }), item('b'))
    saw(item('a'))
    saw(item('a', { failed: 'muted' }))
    saw()
    expect(told).toEqual(['a muted', 'a muted'])
  })

  it('what holds one up is told once, however often it is tried again, and anew when it is something else', () => {
    saw(item('a', { held: 'disk_full' }))
    saw(item('a'))
    saw(item('a', { held: 'disk_full' }))
    saw(item('a', { held: 'log_failed' }))
    expect(told).toEqual(['a disk_full', 'a log_failed'])
  })

  it('what comes together is told together, and not of one that has gone out meanwhile', () => {
    news.saw([item('a', { held: 'slow_mode' }), item('b', { failed: 'muted' })])
    news.saw([item('b', { failed: 'muted' }), item('c', { failed: 'muted' })])
    vi.advanceTimersByTime(300)
    expect(told).toEqual(['b muted, c muted'])
  })

  it('what waits already when one comes is no news', () => {
    const later = new MessageNews(() => told.push('again'))
    later.saw([item('a', { failed: 'muted' }), item('b', { held: 'disk_full' })])
    later.saw([item('a', { failed: 'muted' }), item('b', { held: 'disk_full' })])
    vi.advanceTimersByTime(300)
    expect(told).toEqual([])
  })
})
