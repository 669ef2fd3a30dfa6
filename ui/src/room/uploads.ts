import { type ReadonlySignal, signal } from '@preact/signals'
import type { Files } from '../transport/files'
import { messageId } from './ids'

/** How a picture or a film looks: known from the file itself, before anything of it is sent. */
export interface Look {
  width: number
  height: number
  /** A small picture of it; null where it is small enough itself. */
  thumb: Blob | null
}

export type Fate =
  /** For its turn. */
  | { state: 'waiting' }
  | { state: 'going' }
  /** It goes on by itself when that has passed. */
  | { state: 'held'; reason: string }
  /** Until the person tries again. */
  | { state: 'failed'; reason: string }
  /** The relay has all of it, under this id. */
  | { state: 'done'; id: string }

/** A file on its way, as it is shown. Never changed, always replaced. */
export interface Attachment {
  /** Unique, also among those of earlier pages. */
  readonly key: string
  /** The message it goes with; null while that is being written. */
  readonly message: string | null
  readonly name: string
  readonly bytes: number
  readonly media: string
  /** Null until it is known, and for what is no picture. */
  readonly look: Look | null
  /** What to show it by: an object URL, of a small picture where there is one. */
  readonly preview: string | null
  readonly sent: number
  readonly fate: Fate
}

export interface UploadsOptions {
  /** The way to the relay; null while there is none yet. A new one after each welcome. */
  files: () => Files | null
  /** The most a file may have, in bytes; null while that isn't known. */
  most: () => number | null
  /** How a file looks; null where it can't be shown. Never fails. */
  look: (file: File) => Promise<Look | null>
  /** Told when the relay has all of one. */
  done: (file: Attachment, id: string) => void
  /** 0 to 1; spreads out those who lost the same host at the same moment. */
  random?: () => number
}

/** A couple at once: a small file needn't wait for a large one, and Wi-Fi gains nothing from more. */
const AT_ONCE = 2
/** A part takes about this long, so that progress is seen to move and little is lost by a cut. */
const PART_MS = 300
export const LEAST_PART = 64 * 1024
export const FIRST_PART = 256 * 1024
const BACKOFF_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000]
/** Other ideas of the offset, or no memory of the upload, this often in a row, and it waits like after a cut. */
const MOST_CONFUSED = 4

/** So many messages' pictures are kept after they were sent, so that they don't vanish for a moment. */
const MOST_KEPT = 24
const MOST_KEPT_BYTES = 64 * 1024

/** What nothing tells more of than that the relay wasn't reached. */
const UNREACHABLE = 'unreachable'

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : UNREACHABLE

/** What is wrong with the file itself, or with there being more of it. Trying again by itself would not help. */
const FINAL = new Set(['file_too_big', 'room_files_full', 'bad_upload', 'unreadable', 'folder'])

interface Job {
  shown: Attachment
  /** Null when what was given is no file: it is there only to say so. */
  file: File | null
  id: string | null
  /** Whether the relay has to be asked how much it has. */
  unsure: boolean
  thumbed: boolean
  looked: Promise<Look | null> | null
  part: number
  attempt: number
  confused: number
  timer: ReturnType<typeof setTimeout> | undefined
  running: boolean
  /** Aborted when nobody wants it any more. */
  gone: AbortController
}

/** Carries files to the relay, a part at a time, and goes on after every cut where it was. */
export class Uploads {
  readonly list: ReadonlySignal<readonly Attachment[]>
  private readonly _list = signal<readonly Attachment[]>([])
  private readonly jobs = new Map<string, Job>()
  /** One after another: a decoded photograph takes some fifty megabytes. */
  private looking: Promise<unknown> = Promise.resolve()
  private stopped = false
  private readonly kept = new Map<string, (string | null)[]>()

  constructor(private readonly options: UploadsOptions) {
    this.list = this._list
  }

  find(key: string): Attachment | undefined {
    return this._list.value.find((it) => it.key === key)
  }

  /** Files somebody chose. Each has its own fate from now on. */
  add(files: readonly File[]): void {
    for (const file of files) this.take(file, null)
    this.next()
  }

  /** What can't be sent, and why: for the person to see, and to take away. */
  refuse(name: string, reason: string): void {
    this.take(new File([], name), reason)
  }

  /** Those chosen for what is being written become a message's. */
  give(keys: readonly string[], message: string): void {
    for (const key of keys) this.change(key, { message })
  }

  /** Nobody wants it sent any more. */
  remove(key: string): void {
    const job = this.jobs.get(key)
    if (!job) return
    this.forget(job)
    if (job.id !== null)
      this.options
        .files()
        ?.cancel(job.id)
        .catch(() => {})
    this.next()
  }

  /** Nor the rest of a message's. */
  discard(message: string): void {
    for (const { shown } of [...this.jobs.values()]) if (shown.message === message) this.remove(shown.key)
  }

  /** The message is in the log: its files are the relay's now. Small pictures are kept for a while. */
  settle(message: string): void {
    const settled = [...this.jobs.values()].filter(({ shown }) => shown.message === message)
    if (settled.length === 0) return
    const previews = settled.map(({ shown }) => (isSmall(shown) ? shown.preview : null))
    for (const job of settled) this.forget(job, isSmall(job.shown))
    // Others that there was no place for have one now.
    for (const job of this.jobs.values()) {
      const { fate } = job.shown
      if (fate.state === 'held' && fate.reason === 'too_many_uploads') this.wait(job)
    }
    this.next()
    this.kept.set(message, previews)
    for (const [oldest, urls] of this.kept) {
      if (this.kept.size <= MOST_KEPT) return
      this.kept.delete(oldest)
      revoke(urls)
    }
  }

  /** What to show a message's pictures by until they have come back from the relay: one's own, for a while. */
  previews(message: string): readonly (string | null)[] {
    return this.kept.get(message) ?? []
  }

  /** The relay knows nothing of these uploads any more, though they were all there: once more, then. */
  again(message: string): boolean {
    const jobs = [...this.jobs.values()].filter(({ shown }) => shown.message === message)
    for (const job of jobs) this.afresh(job)
    this.next()
    return jobs.length > 0
  }

  /** The person wants it tried again, or tried now. */
  retry(key: string): void {
    const job = this.jobs.get(key)
    if (!job?.file || job.shown.fate.state === 'done' || job.running) return
    job.attempt = 0
    job.confused = 0
    this.wait(job)
    this.next()
  }

  /** The host can be reached again. */
  wake(): void {
    for (const job of this.jobs.values()) {
      if (job.shown.fate.state !== 'held') continue
      job.attempt = 0
      this.wait(job)
    }
    this.next()
  }

  /** For good: the person has left the room. */
  stop(): void {
    this.stopped = true
    for (const job of [...this.jobs.values()]) this.forget(job)
    for (const urls of this.kept.values()) revoke(urls)
    this.kept.clear()
  }

  private take(file: File, refused: string | null): void {
    const most = this.options.most()
    const reason = refused ?? (most !== null && file.size > most ? 'file_too_big' : null)
    const shown: Attachment = {
      key: messageId(),
      message: null,
      name: file.name,
      bytes: file.size,
      media: file.type,
      look: null,
      preview: null,
      sent: 0,
      fate: reason === null ? { state: 'waiting' } : { state: 'failed', reason },
    }
    const job: Job = {
      shown,
      file: refused === null ? file : null,
      id: null,
      unsure: false,
      thumbed: false,
      looked: null,
      part: FIRST_PART,
      attempt: 0,
      confused: 0,
      timer: undefined,
      running: false,
      gone: new AbortController(),
    }
    this.jobs.set(shown.key, job)
    this._list.value = [...this._list.value, shown]
    if (reason === null) job.looked = this.look(job, file)
  }

  private look(job: Job, file: File): Promise<Look | null> {
    const looked = this.looking.then(async () => {
      const look = job.gone.signal.aborted ? null : await this.options.look(file)
      if (look && !job.gone.signal.aborted) {
        const preview = URL.createObjectURL(look.thumb ?? file)
        this.change(job.shown.key, { look, preview })
      }
      return look
    })
    this.looking = looked
    return looked
  }

  private next(): void {
    if (this.stopped) return
    let room = AT_ONCE
    for (const job of this.jobs.values()) if (job.running) room -= 1
    for (const job of this.jobs.values()) {
      if (room <= 0) return
      if (job.running || job.shown.fate.state !== 'waiting') continue
      room -= 1
      void this.carry(job)
    }
  }

  private async carry(job: Job): Promise<void> {
    job.running = true
    try {
      const id = await this.carried(job)
      if (id === null) return
      this.fate(job, { state: 'done', id })
      this.options.done(job.shown, id)
    } catch (error) {
      if (!job.gone.signal.aborted) this.failed(job, codeOf(error))
    } finally {
      job.running = false
      this.next()
    }
  }

  /** The relay's id of it once it is there; null when nobody wants it any more. */
  private async carried(job: Job): Promise<string | null> {
    const { file } = job
    const { signal } = job.gone
    const look = await job.looked
    if (!file || signal.aborted) return null
    const files = this.options.files()
    if (!files) throw Object.assign(new Error('not in the room yet'), { code: UNREACHABLE })
    this.fate(job, { state: 'going' })
    let whole = false
    if (job.id === null) {
      const { name, bytes, media } = job.shown
      const { upload } = await files.begin({ name, bytes, media })
      if (signal.aborted) {
        files.cancel(upload).catch(() => {})
        return null
      }
      job.id = upload
      this.reached(job, 0)
    } else if (job.unsure) {
      const { offset, file: arrived } = await files.offset(job.id, signal)
      this.reached(job, offset)
      whole = arrived !== undefined
    }
    job.unsure = false
    if (look?.thumb && !job.thumbed) await this.thumb(job, files, job.id, look.thumb)
    // An empty file takes one part, too.
    while (!whole && !signal.aborted) {
      const from = job.shown.sent
      const part = await read(file.slice(from, from + job.part))
      if (signal.aborted) break
      const begun = performance.now()
      const { offset, file: arrived } = await files.put(job.id, from, part, signal)
      job.part = nextPart(job.part, part.size, performance.now() - begun, files.part)
      this.reached(job, offset)
      whole = arrived !== undefined
    }
    return signal.aborted ? null : job.id
  }

  private async thumb(job: Job, files: Files, id: string, picture: Blob): Promise<void> {
    try {
      await files.thumb(id, picture, job.gone.signal)
    } catch (error) {
      // Then the file goes without: that is no reason to hold it up.
      if (codeOf(error) !== 'bad_thumb') throw error
    }
    job.thumbed = true
  }

  private reached(job: Job, sent: number): void {
    if (sent > job.shown.sent) {
      job.attempt = 0
      job.confused = 0
    }
    this.change(job.shown.key, { sent: Math.min(sent, job.shown.bytes) })
  }

  private failed(job: Job, code: string): void {
    job.unsure = true
    if (code === 'no_such_upload' || code === 'wrong_offset') {
      // Cut off at a bad moment, or the relay has forgotten it: what it says it has is what counts.
      job.confused += 1
      if (code === 'no_such_upload') this.afresh(job)
      if (job.confused < MOST_CONFUSED) {
        this.wait(job)
        return
      }
    }
    if (FINAL.has(code)) {
      this.fate(job, { state: 'failed', reason: code })
      return
    }
    this.fate(job, { state: 'held', reason: code })
    job.part = LEAST_PART
    const most = BACKOFF_MS[Math.min(job.attempt, BACKOFF_MS.length - 1)] ?? 15_000
    job.attempt += 1
    job.timer = setTimeout(
      () => {
        this.wait(job)
        this.next()
      },
      most * (0.5 + (this.options.random ?? Math.random)() / 2),
    )
  }

  /** In line, for its turn. */
  private wait(job: Job): void {
    clearTimeout(job.timer)
    if (!job.gone.signal.aborted && job.shown.fate.state !== 'done') this.fate(job, { state: 'waiting' })
  }

  private afresh(job: Job): void {
    clearTimeout(job.timer)
    job.id = null
    job.thumbed = false
    this.change(job.shown.key, { sent: 0, fate: { state: 'waiting' } })
  }

  private fate(job: Job, fate: Fate): void {
    if (!job.gone.signal.aborted) this.change(job.shown.key, { fate })
  }

  private change(key: string, what: Partial<Attachment>): void {
    const job = this.jobs.get(key)
    if (!job) return
    job.shown = { ...job.shown, ...what }
    this._list.value = this._list.value.map((it) => (it.key === key ? job.shown : it))
  }

  private forget(job: Job, keep = false): void {
    job.gone.abort()
    clearTimeout(job.timer)
    this.jobs.delete(job.shown.key)
    this._list.value = this._list.value.filter(({ key }) => key !== job.shown.key)
    if (!keep) revoke([job.shown.preview])
  }
}

const isSmall = ({ bytes, look }: Attachment) => look?.thumb != null || bytes <= MOST_KEPT_BYTES

function revoke(urls: readonly (string | null)[]): void {
  for (const url of urls) if (url !== null) URL.revokeObjectURL(url)
}

/** The part as bytes that are really there: a file may be gone by now, or be a folder. */
async function read(part: Blob): Promise<Blob> {
  try {
    return new Blob([await part.arrayBuffer()])
  } catch {
    throw Object.assign(new Error('a part of the file can’t be read'), { code: 'unreadable' })
  }
}

/** How much to send next after `bytes` took `ms`: at most twice or half as much as this time. */
export function nextPart(part: number, bytes: number, ms: number, most: number): number {
  // The end of a file says little about how fast it goes.
  if (bytes < part) return part
  const ideal = (bytes * PART_MS) / Math.max(ms, 1)
  return Math.round(Math.min(most, Math.max(LEAST_PART, part / 2, Math.min(part * 2, ideal))))
}
