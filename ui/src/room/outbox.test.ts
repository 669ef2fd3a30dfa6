import { beforeEach, describe, expect, it } from 'vitest'
import { type Memory, memory } from '../transport/storage'
import { Outbox } from './outbox'

/** A Web Storage that lasts as long as the test. */
function shelf(): Storage {
  const items = new Map<string, string>()
  return {
    get length() {
      return items.size
    },
    key: (at) => [...items.keys()][at] ?? null,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
    clear: () => items.clear(),
  }
}

describe('the outbox', () => {
  let storage: Storage
  let kept: Memory
  beforeEach(() => {
    storage = shelf()
    kept = memory(() => storage)
  })

  it('survives a reload, in order', () => {
    const before = new Outbox(kept, 'den')
    for (const text of ['one', 'two', 'three']) before.add(text, 5)
    expect(new Outbox(kept, 'den').all.map((it) => it.text)).toEqual(['one', 'two', 'three'])
  })

  it('keeps rooms apart', () => {
    new Outbox(kept, 'den').add('one', 1)
    expect(new Outbox(kept, 'attic').all).toEqual([])
  })

  it('lets go of what was acknowledged', () => {
    const outbox = new Outbox(kept, 'den')
    const { id } = outbox.add('one', 1)
    outbox.remove(id)
    expect(outbox.all).toEqual([])
    expect(storage.length).toBe(0)
  })

  it('loses nothing when two tabs write at once', () => {
    const [left, right] = [new Outbox(kept, 'den'), new Outbox(kept, 'den')]
    left.add('from the left', 1)
    right.add('from the right', 2)
    left.add('left again', 3)
    expect(new Outbox(kept, 'den').all.map((it) => it.text)).toEqual([
      'from the left',
      'from the right',
      'left again',
    ])
  })

  it('does not send what was refused until it is tried again', () => {
    const outbox = new Outbox(kept, 'den')
    const { id } = outbox.add('one', 1)
    outbox.fail(id, 'text_too_long')
    expect(outbox.unsent).toEqual([])
    expect(new Outbox(kept, 'den').all[0]?.failed).toBe('text_too_long')
    expect(outbox.retry(id)).toEqual({ id, text: 'one', at: 1 })
    expect(outbox.unsent).toHaveLength(1)
  })

  it('reads past what is not its own', () => {
    storage.setItem('snug.outbox.den.x', 'not json')
    storage.setItem('snug.outbox.den.y', '{"id":1}')
    storage.setItem('snug.outbox.den.z', '{"id":"other","text":"t","at":1}')
    expect(new Outbox(kept, 'den').all).toEqual([])
  })

  it('works without any storage, until the page closes', () => {
    const none = memory(() => {
      throw new Error('denied')
    })
    const outbox = new Outbox(none, 'den')
    outbox.add('one', 1)
    expect(new Outbox(none, 'den').all.map((it) => it.text)).toEqual(['one'])
  })

  it('works when storage is full', () => {
    storage.setItem = () => {
      throw new Error('quota')
    }
    new Outbox(kept, 'den').add('one', 1)
    expect(new Outbox(kept, 'den').all).toHaveLength(1)
  })

  it('says when a reload would lose something, and stores it once there is room', () => {
    const outbox = new Outbox(kept, 'den')
    outbox.add('stored', 1)
    expect(outbox.perishable).toBe(false)
    const { setItem } = storage
    storage.setItem = () => {
      throw new Error('quota')
    }
    outbox.add('not stored', 2)
    expect(outbox.perishable).toBe(true)
    storage.setItem = setItem
    outbox.add('stored again', 3)
    expect(outbox.perishable).toBe(false)
    const reloaded = new Outbox(
      memory(() => storage),
      'den',
    )
    expect(reloaded.all.map((it) => it.text)).toEqual(['stored', 'not stored', 'stored again'])
  })

  it('keeps the order of typing when the clock is set back between two visits', () => {
    const day = 24 * 3_600_000
    new Outbox(kept, 'den').add('first', Date.now() + day)
    const outbox = new Outbox(kept, 'den')
    outbox.add('second', Date.now())
    expect(new Outbox(kept, 'den').all.map((it) => it.text)).toEqual(['first', 'second'])
  })

  it('is not sent again where the page was closed between the ack and its removal', () => {
    const outbox = new Outbox(kept, 'den')
    const item = outbox.add('one', 1)
    storage.setItem(`snug.outbox.den.${item.id}`, JSON.stringify({ ...item, seq: 7 }))
    expect(new Outbox(kept, 'den').all).toEqual([])
    expect(storage.length).toBe(0)
  })

  it('moves to the room that a bare address led to', () => {
    const outbox = new Outbox(kept, 'host:1')
    outbox.add('one', 1)
    outbox.open('den')
    expect(new Outbox(kept, 'den').all.map((it) => it.text)).toEqual(['one'])
    expect(new Outbox(kept, 'host:1').all).toEqual([])
  })
})
