import { type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { wellFormed } from '../text/characters'
import { local, tab } from '../transport/storage'
import type { ClientFrame, ErrorCode } from '../wire.gen'
import { asFrame } from './as-frame'
import type { Attachments } from './attachments'
import { Delivery } from './delivery'
import { Outbox } from './outbox'
import { type Attached, isWhole, type Pending, type RoomState } from './state'
import { acknowledged, found, sent, typed, withdrawn } from './store'
import { isTrouble } from './trouble'
import type { Attachment } from './uploads'

interface OutgoingOptions {
  /** Under which name it is kept. */
  room: string
  /** Where it shows as pending. */
  state: Signal<RoomState>
  attachments: Attachments
  /** Something was said. */
  said: () => void
  /** False when there is no room at the other end to send to. */
  send: (frame: ClientFrame) => boolean
}

/** What somebody says here, until it is seen in the log or taken back. */
export class Outgoing {
  /** Whether something waits to be sent that this browser couldn't store: a reload would lose it. */
  readonly perishable: ReadonlySignal<boolean>

  private readonly _perishable = signal(false)
  private readonly outbox: Outbox
  private readonly delivery: Delivery
  /** Messages whose files were sent a second time. A third time would be no better. */
  private readonly sentAgain = new Set<string>()

  constructor(private readonly options: OutgoingOptions) {
    this.perishable = this._perishable
    this.outbox = new Outbox(local, options.room, tab)
    this.delivery = new Delivery({
      unsent: () => this.outbox.unsent,
      send: (item) => this.send(item),
    })
    this.show({ ...options.state.peek(), pending: this.outbox.all })
  }

  /** Says something; `reply` is the id of the message it answers. It waits for its files, and no other does. */
  say(text: string, reply: string | null, files: readonly Attachment[]): void {
    const attached = files.map(({ key, name, bytes, media, fate }) => ({
      key,
      name,
      bytes,
      media,
      ...(fate.state === 'done' ? { upload: fate.id } : {}),
    }))
    const { id } = this.queue(wellFormed(text), {
      ...(reply === null ? {} : { reply }),
      ...(attached.length > 0 ? { files: attached } : {}),
    })
    this.options.attachments.uploads.value?.give(
      files.map(({ key }) => key),
      id,
    )
  }

  /** Puts other words in the place of one's own. */
  edit(of: string, text: string): void {
    this.queue(wellFormed(text), { change: { kind: 'edit', of } })
  }

  /** Takes a message back, for everybody. */
  delete(of: string): void {
    this.queue('', { change: { kind: 'deletion', of } })
  }

  /** Puts an emoji to a message, or takes it off. */
  react(of: string, emoji: string, on: boolean): void {
    this.queue('', { change: { kind: 'reaction', of, emoji, on } })
  }

  /** Sends a message again: one that was refused, or one that waits for the host's trouble to pass. */
  retry(id: string): void {
    // What this page can't send any more is left out.
    const uploads = this.options.attachments.uploads.value
    const lost = ({ key, upload }: Attached) => upload === undefined && !uploads?.find(key)
    if (this.outbox.all.some((it) => it.id === id && it.files?.some(lost)) && !this.outbox.detach(id, lost)) {
      this.drop(id)
      return
    }
    const item = this.outbox.retry(id)
    if (!item) return
    this.show(typed(this.state, item))
    if (isWhole(item)) this.delivery.again(item)
  }

  /**
   * Takes back a message that was refused, or that the host couldn't take. False for one that is on its way: it may
   * be in the log already, and what is said anew in its place would be there twice.
   */
  withdraw(id: string): boolean {
    const item = this.state.pending.find((it) => it.id === id)
    if (!item || item.seq !== undefined || (item.failed ?? item.held) === undefined) return false
    this.drop(id)
    return true
  }

  /** Takes a file off a message that waits for it; the message goes with the last one if it has no words. */
  detach(id: string, key: string): void {
    this.options.attachments.uploads.value?.remove(key)
    const item = this.outbox.detach(id, (it) => it.key === key)
    if (item) this.goesOn(item)
    else this.drop(id)
  }

  /** The host has a file, under this id. */
  uploaded({ key, message }: Attachment, upload: string): void {
    const item = message === null ? null : this.outbox.uploaded(message, key, upload)
    if (item) this.goesOn(item)
  }

  /** Whether there are files that only this page can send: neither a reload nor another tab could. */
  get hasFiles(): boolean {
    return this.options.attachments.any || this.outbox.unfinished
  }

  /** One is in, and knows under which name it is kept: with it comes what was left there before. */
  open(room: string): void {
    this.outbox.open(room)
    this.outbox.takeOver()
    for (const item of this.state.pending) if (item.seq === undefined) this.outbox.putBack(item)
    this.show(found(this.state, this.outbox.all))
  }

  /** What was sent before one was in again may never have arrived. */
  welcomed(): void {
    this.delivery.welcomed()
    this.options.attachments.uploads.value?.wake()
  }

  /** These are in the log, at these places. */
  acknowledged(acks: readonly { id: string; seq: number }[]): void {
    for (const { id, seq } of acks) this.outbox.settle(id, seq)
    this.delivery.settled(acks.map(({ id }) => id))
  }

  /** The relay didn't take this one. */
  refused(id: string, code: ErrorCode): void {
    if (code === 'id_taken') {
      // Ids are long and random: only what was sent from here, when one was another member, has it.
      this.drop(id)
    } else if (isTrouble(code)) {
      this.delivery.delayed(id)
    } else if (code === 'no_such_upload' && this.sendsFilesAgain(id)) {
      this.delivery.settled([id])
    } else {
      this.outbox.fail(id, code)
      this.delivery.settled([id])
    }
  }

  /** What waited before and is seen in the log by now needs no keeping, even where its ack was lost with the connection. */
  settle(before: readonly Pending[]): void {
    const { pending, cursor } = this.state
    if (before !== pending) {
      const still = new Set(pending.map(({ id }) => id))
      const seen = before.filter(({ id }) => !still.has(id)).map(({ id }) => id)
      for (const id of seen) {
        this.outbox.settle(id, cursor)
        this.options.attachments.uploads.value?.settle(id)
      }
      this.delivery.settled(seen)
    }
    this._perishable.value = this.outbox.perishable
  }

  /** Another tab of this browser, in the same room, has stored something: it may settle what waits here, too. */
  elsewhere(key: string | null, value: string | null): void {
    const change = this.outbox.elsewhere(key, value)
    if (!change) return
    if (change.kind === 'changed') {
      this.show(typed(this.state, change.item))
      if (change.item.failed !== undefined) this.delivery.settled([change.item.id])
      return
    }
    this.show(
      change.kind === 'acknowledged' ? acknowledged(this.state, [change]) : withdrawn(this.state, change.id),
    )
    this.delivery.settled([change.id])
  }

  stop(): void {
    this.delivery.stop()
  }

  private send(item: Pending): boolean {
    if (!this.options.send(asFrame(item))) return false
    this.show(sent(this.state, item.id))
    return true
  }

  private drop(id: string): void {
    this.options.attachments.uploads.value?.discard(id)
    this.outbox.remove(id)
    this.show(withdrawn(this.state, id))
    this.delivery.settled([id])
  }

  private queue(text: string, more: Pick<Pending, 'reply' | 'change' | 'files'>): Pending {
    this.options.said()
    const item = this.outbox.add(text, Date.now(), more)
    this.goesOn(item)
    return item
  }

  /** A message as it is now, which may have all it needs to be sent. */
  private goesOn(item: Pending): void {
    this.show(typed(this.state, item))
    if (isWhole(item) && item.failed === undefined) this.delivery.added(item)
  }

  /** The host has lost a message's files, as one does that was put back to an older copy. They may still be here. */
  private sendsFilesAgain(id: string): boolean {
    if (this.sentAgain.has(id) || !this.options.attachments.uploads.value?.again(id)) return false
    this.sentAgain.add(id)
    const item = this.outbox.unload(id)
    if (item) this.show(typed(this.state, item))
    return item !== null
  }

  private get state(): RoomState {
    return this.options.state.value
  }

  private show(state: RoomState): void {
    this.options.state.value = state
    this._perishable.value = this.outbox.perishable
  }
}
