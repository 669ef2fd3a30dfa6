import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { RecentRoom } from '../shell.gen'
import type { Files } from '../transport/files'
import { local, tab } from '../transport/storage'
import type { Transport } from '../transport/transport'
import type {
  Addresses,
  ErrorCode,
  Event,
  Found,
  Join,
  Order,
  RoomInfo,
  SearchRequest,
  ServerFrame,
  Welcome,
  WireError,
} from '../wire.gen'
import { Attachments } from './attachments'
import { Attention } from './attention'
import { Draft } from './draft'
import { Gathering } from './gathering'
import { type Invite, inviteKey } from './invite'
import { turnedOut } from './nearby'
import { calledOtherwise } from './notices'
import { Outgoing } from './outgoing'
import type { Target } from './pages'
import { Reader } from './reader'
import { SEARCH } from './search-id'
import { type Connection, Session } from './session'
import { EMPTY, type RoomState } from './state'
import { apply } from './store'
import { Typing } from './typing'
import { Bookmark } from './unread'
import type { Attachment } from './uploads'
import { Way } from './way'

/** A room this device is in, or on its way into: what the screens read, and what they can do. */
export class Room {
  readonly state: ReadonlySignal<RoomState>
  readonly connection: ReadonlySignal<Connection>
  /** The last thing refused that was about no message: a nickname, mostly. */
  readonly complaint: ReadonlySignal<string | null>
  readonly key: string
  /** Under which name this device keeps what belongs to the room: known for certain once one is in. */
  readonly keptAs: ReadonlySignal<string>
  /** What is being written. */
  readonly draft: Draft
  /** The room's files at the host; null before one is in. */
  readonly files: ReadonlySignal<Files | null>
  /** Files that go to the host from here. */
  readonly attachments: Attachments
  /** What one says, until it is in the log. */
  readonly outgoing: Outgoing
  /** How far one has read. */
  readonly bookmark: Bookmark
  /** Where one reads. */
  readonly reader: Reader

  private readonly _keptAs = signal('')
  private way: Way
  /** Which room one is in, once one is. */
  private here: string | null = null
  /** What this device knows of rooms it has been in, where a bare address may lead to one of them. */
  private recent: readonly RecentRoom[] = []
  /** Where the host was reached last. */
  private readonly _address: Signal<string>
  private readonly _state = signal<RoomState>(EMPTY)
  private readonly _connection = signal<Connection>({ state: 'connecting' })
  private readonly _complaint = signal<string | null>(null)
  private readonly session: Session
  /** Who is told what is found. */
  private searcher: ((answer: Found | WireError) => void) | null = null
  /** Ends what the page is listened to for. */
  private readonly inside = new AbortController()
  private unfollow = () => {}
  private readonly attention = new Attention((away) => this.session.send({ type: 'away', payload: { away } }))
  private readonly typing = new Typing((on) => this.session.send({ type: 'typing', payload: { on } }))
  /** What one was called before the last change: the relay may refuse it. */
  private formerly = ''
  private readonly gathering = new Gathering((events) => this.apply({ type: 'events', payload: { events } }))
  private triedOtherDevice = false
  /** The link was refused, and the person asks at the door instead. */
  private withoutSecret = false

  constructor(
    private readonly transport: Transport,
    invite: Invite,
    private nickname: string,
    /** Whether this device hosts the room. */
    readonly hosted: boolean,
    /** What makes one the room's host, where this device has it. */
    private hostKey: string | null = null,
  ) {
    this.state = this._state
    this.connection = this._connection
    this.complaint = this._complaint
    this.key = inviteKey(invite)
    this.keptAs = this._keptAs
    this._keptAs.value = this.key
    this.way = new Way(invite)
    this._address = signal(invite.address)
    this.draft = new Draft(tab, local, this.key)
    this.bookmark = new Bookmark(local, this.key)
    this.reader = new Reader({
      state: this._state,
      bookmark: this.bookmark,
      ask: (place, limit) =>
        this.session.send({ type: 'history', payload: limit === undefined ? { place } : { place, limit } }),
    })
    const here = computed(() => this._state.value.room?.id)
    const ticket = computed(() => this._state.value.you?.ticket)
    this.files = computed(() =>
      here.value && ticket.value
        ? transport.files({ ...this.to, address: this._address.value }, here.value, ticket.value)
        : null,
    )
    this.attachments = new Attachments({
      room: this.key,
      state: this._state,
      files: this.files,
      done: (file, id) => this.outgoing.uploaded(file, id),
    })
    this.outgoing = new Outgoing({
      room: this.key,
      state: this._state,
      attachments: this.attachments,
      said: () => this.typing.sent(),
      send: (frame) => this.session.send(frame),
    })
    this.session = new Session({
      open: (events) =>
        transport.open(this.to, {
          ...events,
          opened: (address) => {
            this.way.opened(address)
            this._address.value = address ?? this.invite.address
            events.opened()
          },
          closed: (reason, address) => {
            if (address !== undefined) this.way.doubted(address)
            events.closed(reason)
          },
        }),
      join: () => this.join(),
      welcomes: (room) => this.welcomes(room),
      frame: (frame) => this.took(frame),
      connection: (connection) => this.changed(connection),
    })
  }

  /** By what one came. */
  get invite(): Invite {
    return this.way.invite
  }

  /** Goes in, and stays in until `leave`. */
  enter(): void {
    this.session.start()
    const inside = { signal: this.inside.signal }
    this.unfollow = this.transport.shell?.onNetwork(this.wake) ?? (() => {})
    for (const type of ['online', 'pageshow']) addEventListener(type, this.wake, inside)
    document.addEventListener('visibilitychange', this.looked, inside)
    for (const type of ['focus', 'blur', 'pagehide']) addEventListener(type, this.looked, inside)
    addEventListener('storage', this.elsewhere, inside)
    addEventListener('beforeunload', this.closing, inside)
    this.attention.start()
  }

  /** Tries once more what was refused. */
  again(): void {
    this.session.start()
  }

  /** Where somebody answered who couldn't prove to be the host. */
  get unproven(): string | null {
    return this.way.unproven
  }

  /** The person says that they are it. */
  trust(): void {
    this.way.trust()
    this.session.wake()
  }

  /** Asks to be let in without the link that was refused. */
  knock(): void {
    this.withoutSecret = true
    this.session.start()
  }

  /** Goes in as anybody would, for whom the key to be the host was refused. */
  enterAsGuest(): void {
    this.hostKey = null
    this.session.start()
  }

  /** What only a host may ask for; what comes of it shows in `state`, or as a complaint. */
  order(order: Order): void {
    this._complaint.value = null
    this.session.send({ type: 'host', payload: order })
  }

  leave(): void {
    this.inside.abort()
    this.unfollow()
    this.attention.stop()
    this.bookmark.stop()
    this.reader.stop()
    this.outgoing.stop()
    this.session.stop()
    this.attachments.stop()
  }

  /** Says something; `reply` is the id of the message it answers. It waits for its files, and no other does. */
  say(text: string, reply: string | null = null, files: readonly Attachment[] = []): void {
    this.outgoing.say(text, reply, files)
    // Whoever says something wants to see it.
    this.bookmark.answered()
    this.reader.goToNewest()
  }

  /** What is being written has changed. */
  wrote(text: string): void {
    this.draft.write(text)
    this.typing.wrote(text)
  }

  /** The message of that id: null when it was deleted, undefined when it isn't known here. */
  find(id: string): Event | null | undefined {
    const { events, island } = this._state.value
    const here = events.findLast((it) => it.id === id) ?? island?.find((it) => it.id === id)
    const event = here === undefined ? this.reader.quoted.value.get(id) : here
    return event?.body.kind === 'gone' ? null : event
  }

  /**
   * Takes up what one said last, to put it into other words. One that was refused or is held up is taken back for that.
   * Its words; null where it is on its way or has files that go with it, and is left alone; undefined where one has said
   * nothing.
   */
  takeUp(): string | null | undefined {
    const { events, pending, you } = this._state.peek()
    const waiting = pending.findLast(({ change }) => change === undefined)
    if (waiting) {
      const { id, text, reply, files } = waiting
      if (files || !this.outgoing.withdraw(id)) return null
      if (reply !== undefined) this.draft.answer(reply)
      this.wrote(text)
      return text
    }
    const last = events.findLast(({ member, body }) => member === you?.member && body.kind === 'message')
    if (last?.body.kind !== 'message') return undefined
    this.draft.edit(last.id, last.body.text)
    return last.body.text
  }

  /** The way in that this device can pass on: a link that was refused is none. */
  get passable(): Invite {
    const { address, room, secret } = this.invite
    const id = room ?? this._state.value.room?.id
    return { address, ...(id ? { room: id } : {}), ...(secret && !this.withoutSecret ? { secret } : {}) }
  }

  /** What someone is called now, or was when they last said something; empty when that isn't known here. */
  nameOf(member: string): string {
    const { events, members } = this._state.value
    return members.get(member) ?? events.findLast((it) => it.member === member)?.nickname ?? ''
  }

  /** Becomes `nickname` for everybody, at once or when back online. */
  rename(nickname: string): void {
    this.formerly = this.nickname
    this.nickname = nickname
    this._complaint.value = null
    this.transport.rememberNickname(nickname)
    this.session.send({ type: 'nickname', payload: { nickname } })
  }

  /** Searches; `told` hears the answers. False when there is nobody to ask just now. */
  search(request: SearchRequest, told: (answer: Found | WireError) => void): boolean {
    this.searcher = told
    return this.session.send({ type: 'search', payload: request })
  }

  /** Shows a place in the log, a message or a moment, wherever that is. What becomes of it is the reader's to tell. */
  goTo(target: Target): void {
    this.reader.goTo(target)
  }

  private readonly wake = () => this.session.wake()

  private readonly looked = ({ type }: Pick<globalThis.Event, 'type'>) => {
    if (type === 'visibilitychange' && document.visibilityState === 'visible') this.session.wake()
    const here = type !== 'pagehide' && document.visibilityState === 'visible' && document.hasFocus()
    if (!here) this.bookmark.left(this._state.value)
    else if (this.bookmark.returned(this._state.value)) this.reader.goToUnread()
  }

  /** Another tab of this browser has stored something. */
  private readonly elsewhere = ({ key, oldValue, newValue }: StorageEvent) => {
    this.draft.elsewhere(key, oldValue, newValue)
    this.bookmark.elsewhere(key)
    this.outgoing.elsewhere(key, newValue)
  }

  private readonly closing = (event: BeforeUnloadEvent) => {
    const perishable = this.outgoing.perishable.value || this.draft.perishable
    if (perishable || this.outgoing.hasFiles) event.preventDefault()
  }

  /** The way there as it is best taken now; which room it leads to, a bare address doesn't say before one was in. */
  private get to(): Invite {
    const id = this.invite.room ?? this.here
    return { ...this.way.best, ...(id ? { room: id } : {}) }
  }

  /** Under which name this device's token for the room is made: the same for as long as one is a member. */
  private get token(): string {
    return this.invite.token ?? inviteKey(this.invite)
  }

  private async join(): Promise<Join> {
    this.gathering.flush()
    const { epoch, cursor, events } = this._state.value
    // A bare address leads to whatever room is there; coming back means the one it led to.
    const id = this.invite.room ?? this.here
    if (!id) this.recent = (await this.transport.shell?.state())?.recent ?? []
    return {
      ...(id ? { room: id } : {}),
      ...(this.invite.secret && !this.withoutSecret ? { secret: this.invite.secret } : {}),
      ...(this.hostKey ? { host: this.hostKey } : {}),
      ...(this.nickname ? { nickname: this.nickname } : {}),
      device: await this.transport.device(this.token),
      ...(epoch ? { since: { epoch, seq: cursor, at: events.at(-1)?.at ?? 0 } } : {}),
    }
  }

  private took(frame: ServerFrame): void {
    if (frame.type === 'room' && frame.payload.id !== this.here) return
    if (frame.type === 'events') {
      this.gathering.add(frame.payload.events)
    } else {
      this.gathering.flush()
      this.apply(frame)
    }
  }

  private apply(frame: ServerFrame): void {
    batch(() => {
      const { pending: before, you: was } = this._state.value
      if (frame.type === 'history' && !this.reader.awaits(frame.payload)) return
      this._state.value = apply(this._state.value, frame, Date.now())
      if (frame.type === 'events') {
        this.bookmark.came(this._state.value)
        this.reader.happened(frame.payload.events)
      }
      if (frame.type === 'welcome') this.welcomed(frame.payload, was?.nickname)
      if (frame.type === 'addresses') this.moved(frame.payload)
      if (frame.type === 'history') this.reader.came(frame.payload.place, frame.payload.seq)
      if (frame.type === 'found') this.searcher?.(frame.payload)
      if (frame.type === 'ack') this.outgoing.acknowledged(frame.payload.acks)
      if (frame.type === 'error' && isSearch(frame.payload.id)) this.searcher?.(frame.payload)
      else if (frame.type === 'error' && frame.payload.id) this.refused(frame.payload.id, frame.payload.code)
      else if (frame.type === 'error') this.complained(frame.payload.code)
      this.outgoing.settle(before)
      if (frame.type === 'welcome') {
        this.outgoing.welcomed()
        this.attention.welcomed()
      }
    })
    if (this._state.value.gap) this.session.resume()
  }

  /**
   * Whether this is the room one came to. Where a bare address leads to who says to be a room one knows, one comes anew,
   * as to that room: whoever is there proves to be its host before it gets what waits for it here, and knows one as the
   * member one is.
   */
  private welcomes(room: string): boolean {
    const expected = this.invite.room ?? this.here
    if (expected !== null) return expected === room
    const invite = turnedOut(this.invite, room, this.recent)
    if (!invite) return true
    this.way = new Way(invite)
    this.hostKey = invite.host ?? null
    // A stranger gets nothing of that room's: one is in, as one came.
    if (invite.stranger) return true
    this.session.resume()
    return false
  }

  /** The host said where it is: to be known the next time one wants to come back, too. */
  private moved(addresses: Addresses): void {
    this.way.tells(addresses)
    const { room } = this._state.value
    if (room) this.remember(room)
  }

  /** Without the key to be its host where that was refused. */
  private remember(room: RoomInfo): void {
    // It would stand in the place of the room that it only says it is.
    if (this.invite.stranger) return
    const { host: _, token: __, trusted: ___, ...invite } = this.way.best
    const host = this.hostKey
    const token = this.token === room.id ? {} : { token: this.token }
    this.transport.rememberRoom({ ...invite, ...token, ...(host ? { host } : {}) }, room, this.hosted)
  }

  private refused(id: string, code: ErrorCode): void {
    if (!this.reader.refused(id, code)) this.outgoing.refused(id, code)
  }

  private complained(code: ErrorCode): void {
    this._complaint.value = code
    if (code === 'bad_nickname' || code === 'muted') {
      if (this._connection.value.state !== 'online') return
      // The name one has still holds; coming back under the refused one would end in a refusal.
      this.nickname = this.formerly
      this.transport.rememberNickname(this.nickname)
    } else {
      this.reader.failed(code)
    }
  }

  /** `was` is what one was called here until now. */
  private welcomed(welcome: Welcome, was: string | undefined): void {
    const { room, you } = welcome
    this.here = room.id
    if (this.nickname !== '' && you.nickname !== was && you.nickname !== oneLine(this.nickname)) {
      this._state.value = { ...this._state.value, notices: calledOtherwise(this._state.value, Date.now()) }
    }
    this.attachments.welcomed()
    this._complaint.value = null
    // Whoever came by a bare address knows only now where to.
    const key = inviteKey({ ...this.invite, room: room.id })
    this._keptAs.value = key
    this.draft.open(key)
    this.bookmark.open(key)
    this.reader.welcomed(welcome)
    this.way.welcomed()
    this.remember(room)
    this.outgoing.open(key)
  }

  private changed(connection: Connection): void {
    this.gathering.flush()
    if (connection.state === 'refused' && connection.reason === 'bad_device' && !this.triedOtherDevice) {
      this.triedOtherDevice = true
      this.transport.forgetDevice()
      this.session.start()
      return
    }
    if (connection.state !== 'online') this.reader.offline()
    if (connection.state === 'offline' && connection.reason === 'no_such_room') this.way.refused()
    this._connection.value = connection
  }
}

/** As the relay writes names, as far as one sees that. */
const oneLine = (nickname: string) => nickname.trim().replace(/\s+/g, ' ')

/** Whether this is the id of a search, and of no message. */
const isSearch = (id: string | undefined) => id?.startsWith(SEARCH) ?? false
