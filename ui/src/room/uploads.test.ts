import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FileError, type FileErrorCode, type Files, type Meta } from '../transport/files'
import type { FileInfo, Upload } from '../wire.gen'
import { FIRST_PART, LEAST_PART, type Look, nextPart, Uploads } from './uploads'

const KB = 1024

/** A relay that keeps what it is sent, and can be told to fail. */
class FakeRelay implements Files {
  readonly part = 4096 * KB
  readonly files = new Map<string, { name: string; bytes: number; parts: Uint8Array[] }>()
  readonly thumbs: string[] = []
  readonly cancelled: string[] = []
  readonly asked: string[] = []
  /** What to do instead of the next calls: throw, or something else first. */
  readonly troubles: (() => void)[] = []
  /** Parts that are on their way at this moment, and the most there ever were. */
  flying = 0
  most = 0
  private ids = 0

  async begin({ name, bytes }: Meta): Promise<Upload> {
    this.step(`begin ${name}`)
    const id = `up${++this.ids}`
    this.files.set(id, { name, bytes, parts: [] })
    return { upload: id, offset: 0 }
  }

  async offset(id: string): Promise<Upload> {
    this.step(`offset ${id}`)
    return this.answer(id)
  }

  async put(id: string, offset: number, part: Blob): Promise<Upload> {
    this.flying += 1
    this.most = Math.max(this.most, this.flying)
    try {
      const bytes = new Uint8Array(await part.arrayBuffer())
      await new Promise((resolve) => setTimeout(resolve, 10))
      this.step(`put ${id} ${offset}`)
      if (offset !== this.has(id)) throw refusal('wrong_offset')
      this.files.get(id)?.parts.push(bytes)
      return this.answer(id)
    } finally {
      this.flying -= 1
    }
  }

  async thumb(id: string): Promise<Upload> {
    this.step(`thumb ${id}`)
    this.thumbs.push(id)
    return this.answer(id)
  }

  async cancel(id: string): Promise<void> {
    this.cancelled.push(id)
    this.files.delete(id)
  }

  has(id: string): number {
    const file = this.files.get(id)
    if (!file) throw refusal('no_such_upload')
    return file.parts.reduce((sum, part) => sum + part.length, 0)
  }

  url = ({ hash }: FileInfo) => hash
  bring = null
  thumbUrl = () => null
  save = async () => true
  check = async () => {}

  private answer(id: string): Upload {
    const offset = this.has(id)
    const { name, bytes, parts } = this.files.get(id) ?? { name: '', bytes: -1, parts: [] }
    const whole = offset === bytes && parts.length > 0
    return { upload: id, offset, ...(whole ? { file: { hash: id, name, bytes, media: '' } } : {}) }
  }

  /** Whether a file arrived as it was. */
  async isWhole(id: string, file: File): Promise<boolean> {
    const arrived = Buffer.concat(this.files.get(id)?.parts ?? [])
    return arrived.equals(Buffer.from(await file.arrayBuffer()))
  }

  private step(what: string): void {
    this.asked.push(what)
    this.troubles.shift()?.()
  }
}

const refusal = (code: FileErrorCode) => new FileError(code, code)
const refuse = (code: FileErrorCode) => () => {
  throw refusal(code)
}
/** The line is gone: nothing of the relay's says why. */
const cut = () => {
  throw refusal('unreachable')
}
const fine = () => {}

const file = (name: string, bytes: number) =>
  new File([Uint8Array.from({ length: bytes }, (_, at) => (at * 31) % 251)], name)

function room(look: Look | null = null, most: number | null = null) {
  const relay = new FakeRelay()
  const done: string[] = []
  const uploads = new Uploads({
    files: () => relay,
    most: () => most,
    look: async () => look,
    done: ({ name }, id) => done.push(`${name} ${id}`),
    random: () => 1,
  })
  const fates = () => Object.fromEntries(uploads.list.value.map(({ name, fate }) => [name, fate]))
  const key = (name: string) => uploads.list.value.find((it) => it.name === name)?.key ?? ''
  return { relay, done, uploads, fates, key }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Long enough for everything that can go on by itself. */
const later = (ms = 60_000) => vi.advanceTimersByTimeAsync(ms)

describe('a file on its way', () => {
  it('arrives as it is, in parts, and its progress is seen', async () => {
    const { relay, done, uploads } = room()
    const seen: number[] = []
    uploads.list.subscribe(([upload]) => {
      if (upload && upload.sent !== seen.at(-1)) seen.push(upload.sent)
    })
    const sent = file('plan.pdf', 3000 * KB)
    uploads.add([sent])
    await later()
    expect(done).toEqual(['plan.pdf up1'])
    expect(await relay.isWhole('up1', sent)).toBe(true)
    expect(seen[0]).toBe(0)
    expect(seen.length).toBeGreaterThan(3)
    expect(seen).toEqual([...seen].sort((one, other) => one - other))
    expect(seen.at(-1)).toBe(sent.size)
  })

  it('with nothing in it arrives, too', async () => {
    const { done, uploads } = room()
    uploads.add([file('empty.txt', 0)])
    await later()
    expect(done).toEqual(['empty.txt up1'])
  })

  it('sends its small picture with it, and goes without where the relay won’t have that', async () => {
    const { relay, done, uploads } = room({ width: 40, height: 30, thumb: new Blob(['small']) })
    relay.troubles.push(fine, fine, fine, fine, refuse('bad_thumb'))
    uploads.add([file('photo.jpg', 10)])
    await later()
    uploads.add([file('other.jpg', 10)])
    await later()
    expect(relay.thumbs).toEqual(['up1'])
    expect(relay.asked).toContain('thumb up2')
    expect(done).toEqual(['photo.jpg up1', 'other.jpg up2'])
    expect(uploads.list.value[0]?.preview).toMatch(/^blob:/)
  })

  it('leaves room for others: two at once, the rest in the order they were chosen', async () => {
    const { relay, done, uploads } = room()
    uploads.add(['a', 'b', 'c', 'd'].map((name) => file(name, 600 * KB)))
    await later()
    expect(done.map((it) => it[0])).toEqual(['a', 'b', 'c', 'd'])
    expect(relay.most).toBe(2)
    expect(relay.asked.filter((it) => it.startsWith('begin'))).toEqual([
      'begin a',
      'begin b',
      'begin c',
      'begin d',
    ])
  })
})

describe('after a cut', () => {
  it('goes on where the relay says it is, also when the last part had arrived', async () => {
    const { relay, done, uploads, fates } = room()
    const sent = file('film.mp4', 1024 * KB)
    uploads.add([sent])
    // begin, one part, and then one that arrives while its answer is lost.
    const put = relay.put.bind(relay)
    let parts = 0
    relay.put = async (...part) => {
      const reached = await put(...part)
      parts += 1
      if (parts === 2) cut()
      return reached
    }
    await later(100)
    expect(fates()['film.mp4']).toEqual({ state: 'held', reason: 'unreachable' })
    await later()
    expect(done).toEqual(['film.mp4 up1'])
    expect(await relay.isWhole('up1', sent)).toBe(true)
    expect(relay.asked.filter((it) => it.startsWith('offset'))).toEqual(['offset up1'])
    const offsets = relay.asked.filter((it) => it.startsWith('put')).map((it) => Number(it.split(' ')[2]))
    expect(new Set(offsets).size).toBe(offsets.length)
  })

  it('tries again less and less often, and at once when the host can be reached', async () => {
    const { relay, done, uploads } = room()
    relay.troubles.push(...Array.from({ length: 40 }, () => cut))
    uploads.add([file('a', 10)])
    await later(60_000)
    const tries = relay.asked.length
    expect(tries).toBeGreaterThan(4)
    expect(tries).toBeLessThan(12)
    relay.troubles.length = 0
    uploads.wake()
    await later(100)
    expect(done).toEqual(['a up1'])
  })

  it('begins anew where the host has forgotten it', async () => {
    const { relay, done, uploads } = room()
    uploads.add([file('a', 600 * KB)])
    relay.troubles.push(fine, fine, () => {
      relay.files.clear()
      throw refusal('no_such_upload')
    })
    await later()
    expect(done).toEqual(['a up2'])
    expect(relay.has('up2')).toBe(600 * KB)
  })

  it('lets nobody be kept busy for ever by a relay that contradicts itself', async () => {
    const { relay, uploads, fates } = room()
    relay.put = async () => {
      relay.asked.push('put')
      throw refusal('wrong_offset')
    }
    uploads.add([file('a', 10)])
    await later(1)
    expect(relay.asked.length).toBeLessThan(20)
    expect(fates().a).toEqual({ state: 'held', reason: 'wrong_offset' })
  })
})

describe('what can’t be sent', () => {
  it('says so at once where it is too big, and the rest goes on', async () => {
    const { relay, done, uploads, fates } = room(null, 100)
    uploads.add([file('large', 101), file('small', 100)])
    expect(fates().large).toEqual({ state: 'failed', reason: 'file_too_big' })
    await later()
    expect(done).toEqual(['small up1'])
    expect(relay.asked).not.toContain('begin large')
  })

  it('waits while the host’s disk is full, without a place that others could have', async () => {
    const { relay, done, uploads, fates } = room()
    relay.troubles.push(refuse('disk_full'), refuse('disk_full'))
    uploads.add(['a', 'b', 'c'].map((name) => file(name, 10)))
    await later(100)
    expect(fates().a).toEqual({ state: 'held', reason: 'disk_full' })
    expect(done).toEqual(['c up1'])
    await later()
    expect(done.length).toBe(3)
  })

  it('stays refused until the person tries again', async () => {
    const { relay, done, uploads, fates, key } = room()
    relay.troubles.push(refuse('room_files_full'))
    uploads.add([file('a', 10)])
    await later()
    expect(fates().a).toEqual({ state: 'failed', reason: 'room_files_full' })
    uploads.wake()
    await later()
    expect(done).toEqual([])
    uploads.retry(key('a'))
    await later()
    expect(done).toEqual(['a up1'])
  })

  it('is a file that can’t be read any more', async () => {
    const { uploads, fates } = room()
    const gone = file('gone', 10)
    gone.slice = () =>
      ({ arrayBuffer: () => Promise.reject(new DOMException('', 'NotReadableError')) }) as never
    uploads.add([gone])
    await later()
    expect(fates().gone).toEqual({ state: 'failed', reason: 'unreadable' })
  })

  it('is told where it was no file at all', async () => {
    const { relay, uploads, fates, key } = room()
    uploads.refuse('Documents', 'folder')
    uploads.retry(key('Documents'))
    await later()
    expect(fates().Documents).toEqual({ state: 'failed', reason: 'folder' })
    expect(relay.asked).toEqual([])
  })
})

describe('taken back', () => {
  it('ends in the middle, on both sides, and makes room for the next', async () => {
    const { relay, done, uploads, key } = room()
    uploads.add([file('a', 2000 * KB), file('b', 2000 * KB), file('c', 10)])
    await later(15)
    uploads.remove(key('a'))
    await later()
    expect(relay.cancelled).toEqual(['up1'])
    expect(done.map((it) => it[0])).toEqual(['c', 'b'])
  })

  it('before the relay has answered leaves nothing there', async () => {
    const { relay, uploads, key } = room()
    const begin = relay.begin.bind(relay)
    relay.begin = async (meta) => {
      const upload = await begin(meta)
      uploads.remove(key('a'))
      return upload
    }
    uploads.add([file('a', 10)])
    await later()
    expect([...relay.files.keys()]).toEqual([])
  })
})

describe('a message’s files', () => {
  it('are those given to it, until it is in the log', async () => {
    const { uploads, key } = room({ width: 2, height: 2, thumb: new Blob(['x']) })
    uploads.add([file('a', 10), file('b', 10)])
    uploads.give([key('a')], 'message 1')
    await later()
    expect(uploads.list.value.map(({ message }) => message)).toEqual(['message 1', null])
    uploads.settle('message 1')
    expect(uploads.list.value.map(({ name }) => name)).toEqual(['b'])
    expect(uploads.previews('message 1')).toEqual([expect.stringMatching(/^blob:/)])
  })

  it('leave their places to those that wait for one', async () => {
    const { relay, uploads, key, fates } = room()
    uploads.add([file('a', 10)])
    uploads.give([key('a')], 'message 1')
    await later()
    relay.troubles.push(refuse('too_many_uploads'))
    uploads.add([file('b', 10)])
    await later(10)
    expect(fates().b).toEqual({ state: 'held', reason: 'too_many_uploads' })
    uploads.settle('message 1')
    await later(20)
    expect(fates().b).toEqual({ state: 'done', id: 'up2' })
  })

  it('are sent once more where the host has lost them', async () => {
    const { relay, done, uploads, key } = room()
    uploads.add([file('a', 10)])
    uploads.give([key('a')], 'message 1')
    await later()
    relay.files.clear()
    expect(uploads.again('message 2')).toBe(false)
    expect(uploads.again('message 1')).toBe(true)
    await later()
    expect(done).toEqual(['a up1', 'a up2'])
  })
})

describe('a part', () => {
  it('grows on a fast line and shrinks on a slow one, by halves and doubles', () => {
    const most = 2 * FIRST_PART
    expect(nextPart(FIRST_PART, FIRST_PART, 1, most)).toBe(2 * FIRST_PART)
    expect(nextPart(FIRST_PART, FIRST_PART, 10_000, most)).toBe(FIRST_PART / 2)
    expect(nextPart(FIRST_PART, FIRST_PART, 300, most)).toBe(FIRST_PART)
    expect(nextPart(most, most, 1, most)).toBe(most)
    expect(nextPart(LEAST_PART, LEAST_PART, 10_000, most)).toBe(LEAST_PART)
    expect(nextPart(FIRST_PART, 10, 300, most)).toBe(FIRST_PART)
  })
})
