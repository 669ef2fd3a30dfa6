import { effect, type ReadonlySignal, signal } from '@preact/signals'
import type { Files } from '../transport/files'
import { tab } from '../transport/storage'
import type { RoomState } from './state'
import type { Attachment, Uploads } from './uploads'

interface AttachmentsOptions {
  /** Under which name what was chosen is remembered. */
  room: string
  state: ReadonlySignal<RoomState>
  /** The room's files at the host. */
  files: ReadonlySignal<Files | null>
  /** The host has one, under this id. */
  done: (file: Attachment, upload: string) => void
}

/** Files that somebody chose, on their way to the host, and what becomes of them when the page goes. */
export class Attachments {
  /** What goes to the host from here; null until something does, since it is loaded only then. */
  readonly uploads: ReadonlySignal<Uploads | null>
  /** Whether what carries files couldn't be loaded when somebody had chosen some. */
  readonly failed: ReadonlySignal<boolean>
  /** The names of files chosen for what is being written, which were lost when the page was loaded anew. */
  readonly lost: ReadonlySignal<readonly string[]>

  private readonly _uploads = signal<Uploads | null>(null)
  private readonly _failed = signal(false)
  private readonly _lost = signal<readonly string[]>([])
  private readonly memory: string
  private loading: Promise<Uploads | null> | null = null
  private unwatch = () => {}

  constructor(private readonly options: AttachmentsOptions) {
    this.uploads = this._uploads
    this.failed = this._failed
    this.lost = this._lost
    this.memory = `snug.attached.${options.room}`
    this._lost.value = names(tab.get(this.memory))
  }

  /** What carries files to the host. Null when it couldn't be loaded: it comes from the host, too. */
  load(): Promise<Uploads | null> {
    this.loading ??= this.begin().catch(() => {
      this.loading = null
      return null
    })
    return this.loading
  }

  /** Takes files for what is being written; of folders only the names, to say that they can't be sent. */
  async add(files: readonly File[], folders: readonly string[] = []): Promise<void> {
    if (files.length + folders.length === 0) return
    const uploads = await this.load()
    this._failed.value = uploads === null
    if (!uploads) return
    this.forgetLost()
    uploads.add(files)
    for (const folder of folders) uploads.refuse(folder, 'folder')
  }

  /** The person knows that these names' files are to be chosen again. */
  forgetLost(): void {
    this._lost.value = []
    tab.remove(this.memory)
  }

  /** One is in again, and may try once more. */
  welcomed(): void {
    this._failed.value = false
  }

  /** Whether there are some for what is being written, which only this page can send. */
  get any(): boolean {
    const all = this._uploads.value?.list.value ?? []
    return all.some(({ message, fate }) => message === null && fate.state !== 'failed')
  }

  stop(): void {
    this.unwatch()
    this._uploads.value?.stop()
    this._uploads.value = null
    this.loading = null
  }

  private async begin(): Promise<Uploads> {
    const [{ Uploads }, { lookAt }] = await Promise.all([import('./uploads'), import('../files/picture')])
    const { state, files, done } = this.options
    const limits = () => state.peek().limits
    const uploads = new Uploads({
      files: () => files.peek(),
      most: () => state.peek().room?.files.bytes ?? null,
      look: (file) =>
        lookAt(file, { bytes: limits()?.thumb_bytes ?? 0, pixels: limits()?.thumb_pixels ?? 0 }),
      done,
    })
    this._uploads.value = uploads
    this.unwatch = effect(() => this.remember(uploads.list.value))
    return uploads
  }

  /** Only the names can be kept: a page may not read a file again that was chosen before it was loaded. */
  private remember(list: readonly Attachment[]): void {
    const attached = list.filter(({ message, fate }) => message === null && fate.state !== 'failed')
    const all = [...this._lost.peek(), ...attached.map(({ name }) => name)]
    if (all.length > 0) tab.set(this.memory, JSON.stringify(all))
    else tab.remove(this.memory)
  }
}

function names(stored: string | null): string[] {
  try {
    const read: unknown = JSON.parse(stored ?? '[]')
    return Array.isArray(read) ? read.filter((it) => typeof it === 'string') : []
  } catch {
    return []
  }
}
