import { batch, type ReadonlySignal, signal } from '@preact/signals'
import { local } from '../transport/storage'
import type { Transport } from '../transport/transport'
import type { ErrorCode, Join, ServerFrame, Welcome } from '../wire.gen'
import { type Invite, inviteKey } from './invite'
import { Outbox } from './outbox'
import { type Connection, Session } from './session'
import { EMPTY, type RoomState } from './state'
import { apply, trimmed, typed, withdrawn } from './store'

/** When more events than this are in memory and nobody looks at the old ones, they go. */
const MOST_EVENTS = 6_000
const KEEP_EVENTS = 2_000

/** A room this device is in, or on its way into: what the screens read, and what they can do. */
export class Room {
  readonly state: ReadonlySignal<RoomState>
  readonly connection: ReadonlySignal<Connection>
  /** Whether a page of history is on its way. */
  readonly loading: ReadonlySignal<boolean>
  /** The last thing refused that was about no message: a nickname, mostly. */
  readonly complaint: ReadonlySignal<string | null>
  readonly key: string

  private readonly _state = signal<RoomState>(EMPTY)
  private readonly _connection = signal<Connection>({ state: 'connecting' })
  private readonly _loading = signal(false)
  private readonly _complaint = signal<string | null>(null)
  private readonly outbox: Outbox
  private readonly session: Session
  private triedOtherDevice = false

  constructor(
    private readonly transport: Transport,
    readonly invite: Invite,
    private nickname: string,
    /** Whether this device hosts the room. */
    readonly hosted: boolean,
  ) {
    this.state = this._state
    this.connection = this._connection
    this.loading = this._loading
    this.complaint = this._complaint
    this.key = inviteKey(invite)
    this.outbox = new Outbox(local, this.key)
    this._state.value = { ...EMPTY, pending: this.outbox.all }
    this.session = new Session({
      open: (events) => transport.open(invite, events),
      join: () => this.join(),
      frame: (frame) => this.took(frame),
      connection: (connection) => this.changed(connection),
    })
  }

  /** Goes in, and stays in until `leave`. */
  enter(): void {
    this.session.start()
    addEventListener('online', this.wake)
    addEventListener('pageshow', this.wake)
    document.addEventListener('visibilitychange', this.wake)
  }

  leave(): void {
    removeEventListener('online', this.wake)
    removeEventListener('pageshow', this.wake)
    document.removeEventListener('visibilitychange', this.wake)
    this.session.stop()
  }

  say(text: string): void {
    const pending = this.outbox.add(text, Date.now())
    this._state.value = typed(this._state.value, pending)
    this.session.send({ type: 'new_message', payload: { id: pending.id, text } })
  }

  /** Sends a refused message again. */
  retry(id: string): void {
    const pending = this.outbox.retry(id)
    if (!pending) return
    this._state.value = typed(this._state.value, pending)
    this.session.send({ type: 'new_message', payload: { id, text: pending.text } })
  }

  /** Deletes a message that was never sent. */
  withdraw(id: string): void {
    this.outbox.remove(id)
    this._state.value = withdrawn(this._state.value, id)
  }

  /** Becomes `nickname` for everybody, at once or when back online. */
  rename(nickname: string): void {
    this.nickname = nickname
    this._complaint.value = null
    this.transport.rememberNickname(nickname)
    this.session.send({ type: 'nickname', payload: { nickname } })
  }

  /** Asks for what was said before the oldest event shown. Answers come as a change of `state`. */
  loadHistory(): void {
    const { events, complete, cursor } = this._state.value
    if (complete || this._loading.value) return
    const before = events[0]?.seq ?? cursor + 1
    this._loading.value = this.session.send({ type: 'history', payload: { before } })
  }

  /** Nobody looks at the oldest events now. */
  forgetOldest(): void {
    this._state.value = trimmed(this._state.value, MOST_EVENTS, KEEP_EVENTS)
  }

  private readonly wake = () => {
    if (document.visibilityState === 'visible') this.session.wake()
  }

  private async join(): Promise<Join> {
    const { epoch, cursor } = this._state.value
    return {
      ...(this.invite.room ? { room: this.invite.room } : {}),
      ...(this.invite.secret ? { secret: this.invite.secret } : {}),
      ...(this.nickname ? { nickname: this.nickname } : {}),
      device: await this.transport.device(this.key),
      ...(epoch ? { since: { epoch, seq: cursor } } : {}),
    }
  }

  private took(frame: ServerFrame): void {
    batch(() => {
      const before = this._state.value
      this._state.value = apply(before, frame, Date.now())
      if (frame.type === 'history') this._loading.value = false
      if (frame.type === 'ack') this.outbox.remove(frame.payload.id)
      if (frame.type === 'error') {
        if (frame.payload.id) this.outbox.fail(frame.payload.id, frame.payload.code)
        else this.complained(frame.payload.code)
      }
      this.settle(before)
      if (frame.type === 'welcome') this.welcomed(frame.payload)
    })
    if (this._state.value.gap) this.session.resume()
  }

  private complained(code: ErrorCode): void {
    this._complaint.value = code
    if (code !== 'bad_nickname' || this._connection.value.state !== 'online') return
    // The name one has still holds; coming back under the refused one would end in a refusal.
    this.nickname = this._state.value.you?.nickname ?? ''
    this.transport.rememberNickname(this.nickname)
  }

  /** What the log shows needs no keeping, even where its ack was lost with the connection. */
  private settle(before: RoomState): void {
    if (before.pending === this._state.value.pending) return
    const still = new Set(this._state.value.pending.map(({ id }) => id))
    for (const { id } of before.pending) if (!still.has(id)) this.outbox.remove(id)
  }

  private welcomed({ room, you }: Welcome): void {
    this._complaint.value = null
    this._loading.value = false
    this.transport.rememberRoom(this.invite, room, this.hosted)
    // The relay's version of it, so that coming back changes nothing.
    if (this.nickname) this.nickname = you.nickname
    for (const { id, text } of this.outbox.unsent) {
      this.session.send({ type: 'new_message', payload: { id, text } })
    }
  }

  private changed(connection: Connection): void {
    if (connection.state === 'refused' && connection.reason === 'bad_device' && !this.triedOtherDevice) {
      this.triedOtherDevice = true
      this.transport.forgetDevice()
      this.session.start()
      return
    }
    if (connection.state !== 'online') this._loading.value = false
    this._connection.value = connection
  }
}
