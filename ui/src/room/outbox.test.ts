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
  /** The page's own, as long as it isn't closed. */
  let own: Memory
  beforeEach(() => {
    storage = shelf()
    const session = shelf()
    own = memory(() => session)
    kept = memory(() => storage)
  })

  it('survives a reload, in order', () => {
    const before = new Outbox(kept, 'den', own)
    for (const text of ['one', 'two', 'three']) before.add(text, 5)
    expect(new Outbox(kept, 'den', own).all.map((it) => it.text)).toEqual(['one', 'two', 'three'])
  })

  it('keeps rooms apart', () => {
    new Outbox(kept, 'den', own).add('one', 1)
    expect(new Outbox(kept, 'attic', own).all).toEqual([])
  })

  it('lets go of what was acknowledged', () => {
    const outbox = new Outbox(kept, 'den', own)
    const { id } = outbox.add('one', 1)
    outbox.remove(id)
    expect(outbox.all).toEqual([])
    expect(storage.length).toBe(0)
  })

  it('loses nothing when two tabs write at once', () => {
    const [left, right] = [new Outbox(kept, 'den', own), new Outbox(kept, 'den', own)]
    left.add('from the left', 1)
    right.add('from the right', 2)
    left.add('left again', 3)
    expect(new Outbox(kept, 'den', own).all.map((it) => it.text)).toEqual([
      'from the left',
      'from the right',
      'left again',
    ])
  })

  it('does not send what was refused until it is tried again', () => {
    const outbox = new Outbox(kept, 'den', own)
    const { id } = outbox.add('one', 1)
    outbox.fail(id, 'text_too_long')
    expect(outbox.unsent).toEqual([])
    expect(new Outbox(kept, 'den', own).all[0]?.failed).toBe('text_too_long')
    expect(outbox.retry(id)).toEqual({ id, text: 'one', at: 1 })
    expect(outbox.unsent).toHaveLength(1)
  })

  it('reads past what is not its own', () => {
    storage.setItem('snug.outbox.den.x', 'not json')
    storage.setItem('snug.outbox.den.y', '{"id":1}')
    storage.setItem('snug.outbox.den.z', '{"id":"other","text":"t","at":1}')
    expect(new Outbox(kept, 'den', own).all).toEqual([])
  })

  it('works without any storage, until the page closes', () => {
    const none = memory(() => {
      throw new Error('denied')
    })
    const outbox = new Outbox(none, 'den', own)
    outbox.add('one', 1)
    expect(new Outbox(none, 'den', own).all.map((it) => it.text)).toEqual(['one'])
  })

  it('works when storage is full', () => {
    storage.setItem = () => {
      throw new Error('quota')
    }
    new Outbox(kept, 'den', own).add('one', 1)
    expect(new Outbox(kept, 'den', own).all).toHaveLength(1)
  })

  it('says when a reload would lose something, and stores it once there is room', () => {
    const outbox = new Outbox(kept, 'den', own)
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
      own,
    )
    expect(reloaded.all.map((it) => it.text)).toEqual(['stored', 'not stored', 'stored again'])
  })

  it('keeps the order of typing when the clock is set back between two visits', () => {
    const day = 24 * 3_600_000
    new Outbox(kept, 'den', own).add('first', Date.now() + day)
    const outbox = new Outbox(kept, 'den', own)
    outbox.add('second', Date.now())
    expect(new Outbox(kept, 'den', own).all.map((it) => it.text)).toEqual(['first', 'second'])
  })

  it('is not sent again where the page was closed between the ack and its removal', () => {
    const outbox = new Outbox(kept, 'den', own)
    const item = outbox.add('one', 1)
    storage.setItem(`snug.outbox.den.${item.id}`, JSON.stringify({ ...item, seq: 7 }))
    expect(new Outbox(kept, 'den', own).all).toEqual([])
    expect(storage.length).toBe(0)
  })

  it('moves to the room that a bare address led to', () => {
    const outbox = new Outbox(kept, 'host:1', own)
    outbox.add('one', 1)
    outbox.open('den')
    expect(new Outbox(kept, 'den', own).all.map((it) => it.text)).toEqual(['one'])
    expect(new Outbox(kept, 'host:1', own).all).toEqual([])
  })

  describe('with files', () => {
    const file = (key: string, upload?: string) => ({
      key,
      name: `${key}.jpg`,
      bytes: 5,
      media: 'image/jpeg',
      ...(upload === undefined ? {} : { upload }),
    })

    it('holds a message until all of them are there, and lets later ones go', () => {
      const outbox = new Outbox(kept, 'den', own)
      const { id } = outbox.add('two pictures', 1, { files: [file('a'), file('b')] })
      outbox.add('and no picture', 2)
      outbox.uploaded(id, 'b', 'up1')
      expect(outbox.unsent.map(({ text }) => text)).toEqual(['and no picture'])
      expect(outbox.unfinished).toBe(true)
      outbox.uploaded(id, 'a', 'up2')
      expect(outbox.unsent.map(({ text }) => text)).toEqual(['two pictures', 'and no picture'])
      expect(outbox.unsent[0]?.files?.map(({ upload }) => upload)).toEqual(['up2', 'up1'])
      expect(outbox.unfinished).toBe(false)
    })

    it('keeps a message whose files are there like any other', () => {
      const outbox = new Outbox(kept, 'den', own)
      const { id } = outbox.add('', 1, { files: [file('a')] })
      outbox.uploaded(id, 'a', 'up1')
      const closed = memory(() => shelf())
      expect(new Outbox(kept, 'den', closed).unsent[0]?.files).toEqual([file('a', 'up1')])
      outbox.settle(id, 3)
      expect(storage.length).toBe(0)
    })

    it('keeps the words when a reload loses what was still on its way, and from other tabs', () => {
      const outbox = new Outbox(kept, 'den', own)
      const { id } = outbox.add('look', 1, { files: [file('a'), file('b', 'up1')] })
      const elsewhere = memory(() => shelf())
      expect(new Outbox(kept, 'den', elsewhere).all).toEqual([])

      const reloaded = new Outbox(kept, 'den', own)
      expect(reloaded.all).toEqual([expect.objectContaining({ id, text: 'look', failed: 'files_lost' })])
      expect(reloaded.unsent).toEqual([])
      expect(reloaded.unfinished).toBe(false)
      expect(reloaded.detach(id, ({ upload }) => upload === undefined)?.files).toEqual([file('b', 'up1')])
      reloaded.retry(id)
      expect(reloaded.unsent.map((it) => it.id)).toEqual([id])
      expect(own.keys('')).toEqual([])
    })

    it('ends with its last file where it has no words', () => {
      const outbox = new Outbox(kept, 'den', own)
      const { id } = outbox.add('', 1, { files: [file('a'), file('b')] })
      expect(outbox.detach(id, ({ key }) => key === 'a')?.files).toEqual([file('b')])
      expect(outbox.detach(id, ({ key }) => key === 'b')).toBeNull()
      expect(outbox.all).toEqual([])
      expect(own.keys('')).toEqual([])
    })

    it('waits anew when the host has lost them', () => {
      const outbox = new Outbox(kept, 'den', own)
      const { id } = outbox.add('look', 1, { files: [file('a', 'up1')] })
      outbox.fail(id, 'no_such_upload')
      expect(outbox.unload(id)).toEqual(expect.objectContaining({ files: [file('a')] }))
      expect(outbox.unsent).toEqual([])
      expect(outbox.unfinished).toBe(true)
    })
  })
})
