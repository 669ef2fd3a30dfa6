import { vi } from 'vitest'
import { FileError, type Files } from '../transport/files'
import type { SocketEvents, Transport } from '../transport/transport'
import type { Welcome } from '../wire.gen'
import type { Invite } from './invite'
import { Room } from './room'

interface Said {
  type: string
  payload: {
    room?: string
    id?: string
    text?: string
    files?: string[]
    nickname?: string
    device?: string
    since?: unknown
  }
}

/** The other end: a relay one plays by hand, and a transport that leads to it. */
export class Relay {
  page: SocketEvents | null = null
  room = 'den'
  /** How many sockets the page has asked for. */
  opened = 0
  /** By which invite the page asked for the last one, and by which names for its tokens. */
  invite: Invite | null = null
  tokens: string[] = []
  heard: Said[] = []
  devices = ['first', 'second']
  /** Uploads, by id, and whether they can be begun. */
  uploads: string[] = []
  takes = true
  remembered: unknown[] = []

  readonly files: Files = {
    part: 1_000_000,
    begin: async ({ name }) => {
      if (!this.takes) throw new FileError('unreachable', '')
      this.uploads.push(name)
      return { upload: `up${this.uploads.length}`, offset: 0 }
    },
    put: async (upload, offset, { size }) => ({
      upload,
      offset: offset + size,
      file: { hash: upload, name: '', bytes: size, media: '' },
    }),
    offset: async (upload) => ({ upload, offset: 0 }),
    thumb: async (upload) => ({ upload, offset: 0 }),
    cancel: async () => {},
    url: ({ hash }) => hash,
    bring: null,
    thumbUrl: () => null,
    check: async () => {},
    save: async () => true,
  }

  readonly transport: Transport = {
    shell: null,
    here: null,
    carried: null,
    message: () => null,
    open: (invite, events) => {
      this.page = events
      this.invite = invite
      this.heard = []
      this.opened += 1
      return { send: (text) => this.heard.push(JSON.parse(text)), close: () => {} }
    },
    files: () => this.files,
    device: async (name) => {
      this.tokens.push(name)
      return this.devices[0] ?? ''
    },
    forgetDevice: () => void this.devices.shift(),
    forgetHostKey: () => {},
    nickname: () => '',
    rememberNickname: (nickname) => void this.remembered.push(nickname),
    rememberRoom: (_invite, room, hosted) => void this.remembered.push([room.name, hosted]),
    link: () => '',
    copy: async () => true,
    writeMail: null,
    saveArchive: null,
    openLink: null,
  }

  tell(type: string, payload: object) {
    this.page?.frame(JSON.stringify({ type, payload }))
  }
  async opens() {
    this.page?.opened()
    await vi.advanceTimersByTimeAsync(0)
  }
  async welcomes(over: Partial<Welcome> = {}) {
    await this.opens()
    this.tell('welcome', {
      you: { member: 'me', nickname: 'Mina', ticket: 'me.t' },
      room: {
        id: this.room,
        name: 'Den',
        door: 'closed',
        every_ms: 0,
        files: { bytes: 104_857_600, days: 0 },
      },
      epoch: 'one',
      head: 0,
      resumed: false,
      events: [],
      members: [],
      count: 1,
      limits: { text_bytes: 100, text_chars: 100, nickname_chars: 40 },
      ...over,
    })
  }
  /** What was said on this socket, without the join. */
  get texts() {
    return this.heard.filter(({ type }) => type === 'new_message').map(({ payload }) => payload.text)
  }
  get ids() {
    return this.heard.filter(({ type }) => type === 'new_message').map(({ payload }) => payload.id ?? '')
  }
  async drops() {
    this.page?.closed('')
    await vi.advanceTimersByTimeAsync(10_000)
  }
}

/** What one says oneself, as the log has it. */
export const mine = (seq: number, id: string, text: string) => ({
  seq,
  at: 1,
  member: 'me',
  nickname: 'Mina',
  id,
  body: { kind: 'message' as const, text },
})

/** The same of somebody else, at a time that tells the place. */
export const theirs = (seq: number) => ({
  seq,
  at: seq * 10,
  member: 'jun',
  nickname: 'Jun',
  id: `id-${seq}`,
  body: { kind: 'message' as const, text: `${seq}` },
})

let number = 0

/** A room in front of a relay that is played by hand, in a page that is seen or not. Time stands still. */
export class Stage {
  readonly relay = new Relay()
  seen: DocumentVisibilityState = 'visible'
  /** The page: window and document in one. */
  private readonly page = new EventTarget()
  private readonly entered: Room[] = []
  readonly room: Room

  constructor() {
    vi.useFakeTimers()
    const { page } = this
    const listen = page.addEventListener.bind(page)
    const forget = page.removeEventListener.bind(page)
    vi.stubGlobal('addEventListener', listen)
    vi.stubGlobal('removeEventListener', forget)
    const seen = () => this.seen
    vi.stubGlobal('document', {
      addEventListener: listen,
      removeEventListener: forget,
      hasFocus: () => seen() === 'visible',
      get hidden() {
        return seen() === 'hidden'
      },
      get visibilityState() {
        return seen()
      },
    })
    vi.spyOn(Math, 'random').mockReturnValue(1)
    number += 1
    this.relay.room = `den${number}`
    this.room = this.enters()
  }

  /** Somebody goes in, in a page of their own. */
  enters(invite: Invite = { address: 'h:1', room: this.relay.room, secret: 's' }): Room {
    const room = new Room(this.relay.transport, invite, 'Mina', false)
    this.entered.push(room)
    room.enter()
    return room
  }

  /** Something happens to the page; whether it goes on as it would. */
  happens(type: string, about: object = {}): boolean {
    return this.page.dispatchEvent(Object.assign(new Event(type, { cancelable: true }), about))
  }

  end(): void {
    for (const room of this.entered) room.leave()
    vi.useRealTimers()
    vi.unstubAllGlobals()
    vi.restoreAllMocks()
  }
}
