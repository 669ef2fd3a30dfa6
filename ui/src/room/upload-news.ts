import type { Attachment, Fate } from './uploads'

/** What comes together is told together. */
const GATHER_MS = 200
/** A cut that is over by then is nobody's business: it goes on by itself. */
const PATIENCE_MS = 5_000
/** Whoever waited longer than this is told that it is over. */
const LONG_MS = 10_000

/** The host said so itself, and won't think better of it in a moment. */
const SAID_BY_HOST = new Set(['disk_full', 'log_failed'])

/** What there is to tell of files on their way, to somebody who doesn't see them. */
export interface News {
  /** How many were taken, and can be sent. */
  taken: number
  /** What became of some of them. */
  fates: readonly { file: Attachment; fate: Fate }[]
}

interface Known {
  file: Attachment
  since: number
  /** The last trouble that was told of it. */
  told: string | null
  /** Why it stands still, while it is seen whether that lasts. */
  held: { fate: Fate; timer: ReturnType<typeof setTimeout> } | null
}

/**
 * Makes out what of all that happens to files is worth a sentence: that some were taken, each failure once, what
 * holds one up once if it lasts, and the end of what was held up or took long. Never progress.
 */
export class UploadNews {
  private readonly known = new Map<string, Known>()
  private taken = 0
  private fates: { file: Attachment; fate: Fate }[] = []
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly tell: (news: News) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** All files on their way, as they are now. */
  saw(list: readonly Attachment[]): void {
    const keys = new Set(list.map(({ key }) => key))
    for (const [key, it] of this.known) if (!keys.has(key)) this.forget(key, it)
    for (const file of list) {
      const before = this.known.get(file.key)
      if (before) this.changed(before, file)
      else this.came(file)
    }
  }

  stop(): void {
    clearTimeout(this.timer)
    for (const [key, it] of this.known) this.forget(key, it)
  }

  private came(file: Attachment): void {
    const it: Known = {
      file: { ...file, fate: { state: 'waiting' } },
      since: this.now(),
      told: null,
      held: null,
    }
    this.known.set(file.key, it)
    if (file.fate.state !== 'failed') {
      this.taken += 1
      this.soon()
    }
    this.changed(it, file)
  }

  private changed(it: Known, file: Attachment): void {
    const before = it.file
    it.file = file
    const { fate } = file
    if (file.sent > before.sent || fate.state === 'failed' || fate.state === 'done') this.goesOn(it)
    if (reasonOf(fate) === reasonOf(before.fate)) return
    if (fate.state === 'failed') {
      this.add(it, fate)
    } else if (fate.state === 'held') {
      this.held(it, fate)
    } else if (fate.state === 'done' && (it.told !== null || this.now() - it.since >= LONG_MS)) {
      this.add(it, fate)
    }
  }

  private held(it: Known, fate: Fate & { state: 'held' }): void {
    // One trouble of a kind is told of once, however often it is tried again.
    if (it.told === fate.reason || (it.told !== null && !SAID_BY_HOST.has(fate.reason))) return
    if (SAID_BY_HOST.has(fate.reason)) {
      this.goesOn(it)
      this.add(it, fate)
    } else if (!it.held) {
      it.held = { fate, timer: setTimeout(() => this.add(it, it.held?.fate ?? fate), PATIENCE_MS) }
    } else {
      it.held.fate = fate
    }
  }

  private goesOn(it: Known): void {
    clearTimeout(it.held?.timer)
    it.held = null
  }

  private add(it: Known, fate: Fate): void {
    it.told = 'reason' in fate ? fate.reason : null
    this.fates.push({ file: it.file, fate })
    this.soon()
  }

  private forget(key: string, it: Known): void {
    this.goesOn(it)
    this.known.delete(key)
  }

  private soon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      // Whoever took it away knows of it. What was sent is gone from here, too.
      const fates = this.fates.filter(({ file, fate }) => fate.state === 'done' || this.known.has(file.key))
      const { taken } = this
      this.fates = []
      this.taken = 0
      if (taken > 0 || fates.length > 0) this.tell({ taken, fates })
    }, GATHER_MS)
  }
}

const reasonOf = (fate: Fate) => ('reason' in fate ? `${fate.state} ${fate.reason}` : fate.state)
