import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type News, UploadNews } from './upload-news'
import type { Attachment, Fate } from './uploads'

const WAITING: Fate = { state: 'waiting' }
const GOING: Fate = { state: 'going' }
const DONE: Fate = { state: 'done', id: 'up1' }
const failed = (reason: string): Fate => ({ state: 'failed', reason })
const held = (reason: string): Fate => ({ state: 'held', reason })

function file(name: string, fate: Fate, sent = 0): Attachment {
  const rest = { message: null, bytes: 1000, media: '', look: null, preview: null }
  return { ...rest, key: name, name, sent, fate }
}

describe('what is told of files to those who do not see them', () => {
  let told: string[]
  let news: UploadNews

  beforeEach(() => {
    vi.useFakeTimers()
    told = []
    const line = ({ taken, fates }: News) =>
      [
        ...(taken > 0 ? [`${taken} taken`] : []),
        ...fates.map(({ file, fate }) => `${file.name} ${'reason' in fate ? fate.reason : fate.state}`),
      ].join(', ')
    news = new UploadNews(
      (it) => told.push(line(it)),
      () => Date.now(),
    )
  })
  afterEach(() => {
    news.stop()
    vi.useRealTimers()
  })

  const saw = (...list: Attachment[]) => {
    news.saw(list)
    vi.advanceTimersByTime(300)
  }

  it('files that are taken and refused together are told of together', () => {
    news.saw([file('a', WAITING)])
    news.saw([file('a', WAITING), file('b', failed('file_too_big'))])
    saw(file('a', GOING), file('b', failed('file_too_big')), file('c', WAITING))
    expect(told).toEqual(['2 taken, b file_too_big'])
  })

  it('what goes well in a moment is taken, and nothing else is said of it', () => {
    saw(file('a', WAITING))
    for (let sent = 0; sent <= 1000; sent += 100) saw(file('a', GOING, sent))
    saw(file('a', DONE, 1000))
    saw()
    expect(told).toEqual(['1 taken'])
  })

  it('a failure is told once, and once more when it fails again', () => {
    saw(file('a', WAITING))
    for (let again = 0; again < 3; again += 1) saw(file('a', failed('unreadable')))
    expect(told).toEqual(['1 taken', 'a unreadable'])
    saw(file('a', GOING))
    saw(file('a', failed('unreadable')))
    expect(told).toEqual(['1 taken', 'a unreadable', 'a unreadable'])
  })

  it('a short cut is nothing to tell, a long one is told once, and so is its end', () => {
    saw(file('a', GOING, 100))
    saw(file('a', held('unreachable'), 100))
    saw(file('a', GOING, 200))
    vi.advanceTimersByTime(20_000)
    expect(told).toEqual(['1 taken'])
    for (let again = 0; again < 20; again += 1) {
      saw(file('a', held('unreachable'), 200))
      saw(file('a', GOING, 200))
    }
    expect(told).toEqual(['1 taken', 'a unreachable'])
    saw(file('a', DONE, 1000))
    expect(told).toEqual(['1 taken', 'a unreachable', 'a done'])
  })

  it('what the host says itself is told at once, and once', () => {
    saw(file('a', GOING))
    for (let again = 0; again < 5; again += 1) {
      saw(file('a', held('disk_full')))
      saw(file('a', GOING))
    }
    expect(told).toEqual(['1 taken', 'a disk_full'])
  })

  it('who waited long is told that it is over', () => {
    saw(file('a', GOING))
    vi.advanceTimersByTime(60_000)
    saw(file('a', DONE, 1000))
    // It is in the log a moment later, and gone from here.
    expect(told).toEqual(['1 taken', 'a done'])
  })

  it('the end of what took long is told though its message is in the log by then', () => {
    saw(file('a', GOING))
    vi.advanceTimersByTime(60_000)
    news.saw([file('a', DONE, 1000)])
    saw()
    expect(told).toEqual(['1 taken', 'a done'])
  })

  it('nothing is said of what somebody has taken away', () => {
    saw(file('a', GOING))
    saw(file('a', held('unreachable')))
    saw()
    vi.advanceTimersByTime(60_000)
    news.saw([file('b', failed('folder'))])
    saw()
    expect(told).toEqual(['1 taken'])
  })
})
