import type { Carried } from '../room/carry'
import type { Invite } from '../room/invite'
import type { Hosting, Invites, KnockNotice, NearbyRoom, ShellState, TrayWords } from '../shell.gen'
import type { RoomInfo } from '../wire.gen'
import type { Wanted } from './archive'
import { browser } from './browser'
import type { Files } from './files'

/** One open, or opening, connection to a relay. */
export interface Socket {
  /** Only after `opened`. In order. */
  send(text: string): void
  /** `closed` is not told any more. */
  close(): void
}

/** Told by a socket, in this order: `opened` at most once, `frame` any number of times, `closed` once. */
export interface SocketEvents {
  /** `address` is where it was reached, where that may be one of several. */
  opened(address?: string): void
  frame(text: string): void
  /**
   * `reason` is for programs: a code of the shell's where there is one, else empty. With `unproven` comes at which
   * address.
   */
  closed(reason: string, address?: string): void
}

/** Opens a socket to one relay. */
export type Open = (events: SocketEvents) => Socket

/** What only the desktop app can do. Each may throw a `ShellError`. */
export interface Shell {
  state(): Promise<ShellState>
  host(room: string | null, name: string, nickname: string): Promise<Hosting>
  /** Null when none is hosted. */
  invites(): Promise<Invites | null>
  stop(): Promise<void>
  forget(room: string): Promise<void>
  /** Tells of rooms nearby, now and whenever that changes, until what it returns is called. */
  lookAround(found: (nearby: { rooms: NearbyRoom[]; deaf: boolean }) => void): () => void
  /** Tells when the network changed, or this machine woke up: connections may be dead. Until what it returns is called. */
  onNetwork(changed: () => void): () => void
  /** Tells when the links to the room hosted here are others than before. Until what it returns is called. */
  onMoved(moved: () => void): () => void
  /** Tells of each invite link the app is opened with, one before this too. Until what it returns is called. */
  onOpened(opened: (link: string) => void): () => void
  /**
   * Shows an icon beside the clock, with this in its menu; null takes it away. Whether there is one now: not every
   * desktop has a place for it.
   */
  tray(words: TrayWords | null): Promise<boolean>
  /** The icon's menu says to stop hosting. Until what it returns is called. */
  onStop(stop: () => void): () => void
  /** The window was closed for the first time while a room is open; it still is. Until what it returns is called. */
  onClosing(closing: () => void): () => void
  /** Takes the window away, now and whenever it is closed while a room is open. */
  closeToTray(): Promise<void>
  quit(): Promise<void>
  /** Whether others' apps list the rooms hosted here. */
  showNearby(on: boolean): Promise<void>
  /** In the place of the notification before. A click on it brings the window to the front. */
  notify(title: string, body: string, message: string): void
  takeBackNotification(): void
  /** Says that somebody is at the door, in the place of the notification before that did; null takes it back. */
  notifyOfKnock(notice: KnockNotice | null): void
  /** At the app's place in the dock or the taskbar; 0 shows nothing. */
  showBadge(count: number): void
  /** Tells which message a notification told of that was clicked, until what it returns is called. */
  notificationClicks(heard: (message: string) => void): () => void
}

/** Everything that differs between a browser and the app. */
export interface Transport {
  /** Absent in a browser. */
  shell: Shell | null
  /** What the page itself is an invite to; null in the app, whose page is nobody's. */
  here: Invite | null
  /** What the link brought along that this page was opened with. */
  carried: Carried | null
  /** The id of the message that the page's address leads to, told once; null when it leads to none. */
  message(): string | null
  open(invite: Invite, events: SocketEvents): Socket
  /**
   * The files of the room with this id, which the page is in by this invite, with the ticket of the newest
   * welcome (`You.ticket`). Costs nothing; see `files.ts`.
   */
  files(invite: Invite, room: string, ticket: string): Files
  /** The token that makes this device the same member of a room each time. */
  device(room: string): Promise<string>
  /** The relay didn't like the token: make another. */
  forgetDevice(): void
  /** The relay says that what this device has to be a room's host is wrong. */
  forgetHostKey(invite: Invite): void
  /** The last nickname used, or a good guess, or nothing. */
  nickname(): string
  rememberNickname(nickname: string): void
  /** Called after each welcome. */
  rememberRoom(invite: Invite, room: RoomInfo, hosted: boolean): void
  /** The link under which others reach this room. */
  link(invite: Invite): string
  /** Whether it really is on the clipboard now. */
  copy(text: string): Promise<boolean>
  /** Begins a letter in the mail program; null where a `mailto:` link does. */
  writeMail: ((subject: string, body: string) => void) | null
  /**
   * Saves the room's archive where the person says in the system's dialog, and tells how many bytes are there so far.
   * False when they think better of it, there or by the signal: then nothing is left of it. Throws a `FileError`:
   * `bad_ticket`, `too_many_exports`, `unreachable`, `not_saved`, `no_room_here`. Null where the browser saves.
   */
  saveArchive:
    | ((wanted: Wanted, heard: (bytes: number) => void, signal: AbortSignal) => Promise<boolean>)
    | null
  /** Null where a plain link already does the right thing. */
  openLink: ((url: string) => void) | null
}

/** The side this page runs on. Tauri's own code is only ever loaded inside Tauri. */
export async function chooseTransport(): Promise<Transport> {
  if ('__TAURI_INTERNALS__' in globalThis) {
    const { desktop } = await import('./desktop')
    return desktop()
  }
  return browser()
}
