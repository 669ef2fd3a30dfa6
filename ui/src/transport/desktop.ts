import { Channel, convertFileSrc, invoke } from '@tauri-apps/api/core'
import { type Invite, inviteKey, inviteLink } from '../room/invite'
import type {
  Connected,
  Hosting,
  Invites,
  ShellError,
  ShellEvent,
  ShellState,
  SocketEvent,
} from '../shell.gen'
import { wellFormed } from '../text/characters'
import { desktopArchive, desktopFiles } from './desktop-files'
import type { Shell, Socket, SocketEvents, Transport } from './transport'

/** Who listens to what the shell tells by itself. */
const listeners = new Set<(event: ShellEvent) => void>()

function told(event: ShellEvent): void {
  if (event.kind === 'opened') sees(event.link)
  for (const listener of listeners) listener(event)
}

/** Who wants to know what links the app is opened with, and the newest until somebody does. */
const seers = new Set<(link: string) => void>()
let unseen: string | null = null

function sees(link: string): void {
  if (seers.size === 0) unseen = link
  for (const seer of seers) seer(link)
}

/** With it comes, once, a link that the shell could tell nobody of, whatever else it was asked for. */
async function shellState(): Promise<ShellState> {
  const state = await invoke<ShellState>('shell_state')
  // One that was told meanwhile is newer.
  if (state.opened !== null && unseen === null) sees(state.opened)
  return state
}

/** Until what it returns is called. */
function listen<K extends ShellEvent['kind']>(
  kind: K,
  heard: (event: Extract<ShellEvent, { kind: K }>) => void,
): () => void {
  const listener = (event: ShellEvent) => {
    if (event.kind === kind) heard(event as Extract<ShellEvent, { kind: K }>)
  }
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The app: the webview has no network of its own, the shell does everything in its name. */
export async function desktop(): Promise<Transport> {
  await invoke('follow', { events: new Channel<ShellEvent>((event) => told(event)) })
  const state = await shellState()
  let current = state.nickname
  return {
    shell,
    here: null,
    carried: null,
    message: () => null,
    open,
    files: (invite, room, ticket) =>
      desktopFiles(
        { invoke, convertFileSrc },
        () => found.get(inviteKey(invite)) ?? invite.address,
        room,
        ticket,
        state.streams,
      ),
    device: (room) => deviceFor(state.device, room),
    forgetDevice: () => {},
    forgetHostKey({ room }) {
      if (room) quietly(invoke('forget_host_key', { room }))
    },
    nickname: () => current,
    rememberNickname(nickname) {
      current = nickname
      quietly(invoke('remember_nickname', { nickname: wellFormed(nickname) }))
    },
    rememberRoom(invite, { id, name }, hosted) {
      quietly(
        invoke('remember_room', {
          room: id,
          name,
          link: inviteLink(invite),
          others: invite.others ?? [],
          mark: invite.mark ?? null,
          // That of a room hosted here is in the room.
          hostKey: hosted ? null : (invite.host ?? null),
          token: invite.token ?? null,
          hosted,
        }),
      )
    },
    link: inviteLink,
    copy: (text) =>
      invoke('copy_text', { text }).then(
        () => true,
        () => false,
      ),
    writeMail: (subject, body) => quietly(invoke('write_mail', { subject, body })),
    saveArchive: (wanted, heard, signal) =>
      desktopArchive(
        { invoke, convertFileSrc },
        found.get(inviteKey(wanted.invite)) ?? wanted.invite.address,
        wanted,
        new Channel<number>(heard),
        signal,
      ),
    openLink: (url) => quietly(invoke('open_link', { url })),
  }
}

const shell: Shell = {
  state: shellState,
  // Half a character would keep the shell from reading any of it.
  host: (room, name, nickname) =>
    invoke<Hosting>('host_room', { room, name: wellFormed(name), nickname: wellFormed(nickname) }),
  invites: () => invoke<Invites | null>('invites'),
  stop: () => invoke('stop_hosting'),
  forget: (room) => invoke('forget_room', { room }),
  lookAround(found) {
    const stop = listen('nearby', found)
    quietly(invoke('look_around', { on: true }))
    return () => {
      stop()
      quietly(invoke('look_around', { on: false }))
    }
  },
  onNetwork: (changed) => listen('network', changed),
  onOpened(opened) {
    if (unseen !== null) opened(unseen)
    unseen = null
    seers.add(opened)
    return () => seers.delete(opened)
  },
  tray: (words) => invoke<boolean>('show_tray', { words }),
  onStop: (stop) => listen('stop', stop),
  onClosing: (closing) => listen('closing', closing),
  closeToTray: () => invoke('close_to_tray'),
  quit: () => invoke('quit_app'),
  onMoved: (moved) => listen('moved', moved),
  showNearby: (on) => invoke('show_nearby', { on }),
  notify: (title, body, message) => quietly(invoke('notify', { title, body, message })),
  takeBackNotification: () => quietly(invoke('take_back_notification')),
  notifyOfKnock: (notice) => quietly(invoke('notify_of_knock', { notice })),
  showBadge: (count) => quietly(invoke('show_badge', { count })),
  notificationClicks: (heard) => listen('notification_clicked', ({ message }) => heard(message)),
}

/** For what is a convenience: failing at it must not be in anybody's way. */
function quietly(promise: Promise<unknown>): void {
  promise.catch(() => {})
}

/**
 * The app visits many hosts with one device token. Each room gets one derived from it, so that no host
 * learns the token by which another one knows this device.
 */
async function deviceFor(device: string, room: string): Promise<string> {
  if (!crypto.subtle) return device
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${device}\n${room}`))
  return Array.from(new Uint8Array(digest).slice(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )
}

/** At which of its addresses each room was found last. */
const found = new Map<string, string>()

function open(invite: Invite, events: SocketEvents): Socket {
  const { address, others = [], room, mark, trusted } = invite
  let connection: number | null = null
  let done = false
  // The shell may run commands side by side: each waits for the one before, so that frames keep order.
  let sent: Promise<unknown> = Promise.resolve()

  const end = (reason: string, at?: string) => {
    if (done) return
    done = true
    events.closed(reason, at)
  }
  // Frames can overtake the answer that says the socket is open.
  const early: SocketEvent[] = []
  const take = (event: SocketEvent) => {
    if (done) return
    if (event.kind === 'frame') events.frame(event.text)
    // Its reason is a sentence of the relay's or the system's, nothing to act on.
    else end('')
  }
  const channel = new Channel<SocketEvent>((event) => {
    if (connection === null) early.push(event)
    else take(event)
  })
  const disconnect = () => quietly(invoke('disconnect', { connection }))

  invoke<Connected>('connect', {
    addresses: [address, ...others],
    known: room ? { room, mark: mark ?? null, trusted: trusted ?? null } : null,
    events: channel,
  }).then(
    (connected) => {
      connection = connected.connection
      found.set(inviteKey(invite), connected.address)
      if (done) return disconnect()
      events.opened(connected.address)
      for (const event of early.splice(0)) take(event)
    },
    (error: Partial<ShellError> | null) => end(error?.code ?? '', error?.address ?? undefined),
  )

  return {
    send(text) {
      sent = sent.then(() => {
        if (!done) return invoke('send', { connection, text }).catch(() => end(''))
      })
    },
    close() {
      if (done) return
      done = true
      if (connection !== null) disconnect()
    },
  }
}
