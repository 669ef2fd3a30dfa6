import type { Carried } from '../room/carry'
import { deviceToken } from '../room/ids'
import { type Invite, inviteAt, messageAt, SEAM } from '../room/invite'
import { browserFiles } from './browser-files'
import { local } from './storage'
import type { Socket, SocketEvents, Transport } from './transport'

const SUBPROTOCOL = 'snug.v1'
const secretKey = (room: string | undefined) => `snug.secret.${room ?? ''}`
const hostKey = (room: string | undefined) => `snug.host.${room ?? ''}`

/** A page that a relay serves, and that speaks to no one else. */
export async function browser(): Promise<Transport> {
  const brought = await carried()
  return {
    shell: null,
    here: here(),
    carried: brought,
    message,
    open,
    files: (_invite, room, ticket) => browserFiles(room, ticket),
    device: async () => {
      const token = local.get('snug.device') ?? deviceToken()
      local.set('snug.device', token)
      return token
    },
    forgetDevice: () => local.remove('snug.device'),
    forgetHostKey: ({ room }) => local.remove(hostKey(room)),
    nickname: () => local.get('snug.nickname') ?? '',
    rememberNickname: (nickname) => local.set('snug.nickname', nickname),
    rememberRoom(invite) {
      // Under the name the page was opened with, so that a link without its secret finds it again.
      if (invite.secret) local.set(secretKey(here()?.room), invite.secret)
    },
    link: ({ room, secret }) => `${location.origin}/${room ? `r/${room}` : ''}${secret ? `#${secret}` : ''}`,
    copy,
    writeMail: null,
    saveArchive: null,
    openLink: null,
  }
}

function here(): Invite | null {
  const invite = inviteAt(location)
  if (!invite) return null
  if (invite.host) {
    // Out of sight, unless a reload would lose it: whoever is shown the address, or sent it, is not to become
    // the host by that.
    if (local.set(hostKey(invite.room), invite.host))
      history.replaceState(history.state, '', location.pathname)
  } else {
    const host = local.get(hostKey(invite.room))
    if (host) invite.host = host
  }
  if (!invite.secret) {
    const secret = local.get(secretKey(invite.room))
    if (secret) invite.secret = secret
  }
  return invite
}

/** What the link brought along, which is then taken out of the address: it is for this once. */
async function carried(): Promise<Carried | null> {
  const at = location.hash.indexOf(SEAM)
  if (at < 0) return null
  const text = location.hash.slice(at + 1)
  const key = location.hash.slice(0, at)
  history.replaceState(history.state, '', location.pathname + (key.length > 1 ? key : ''))
  const { unpack } = await import('../room/carry')
  return unpack(text)
}

/** It stands in the address until then: a reload goes on with the room, not with the message. */
function message(): string | null {
  const id = messageAt(location)
  if (id !== null) history.replaceState(null, '', location.pathname + location.search)
  return id
}

function open(_invite: Invite, events: SocketEvents): Socket {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  const socket = new WebSocket(`${scheme}://${location.host}/ws`, SUBPROTOCOL)
  socket.onopen = () => events.opened()
  socket.onmessage = ({ data }) => {
    if (typeof data === 'string') events.frame(data)
  }
  // `error` says nothing that `close` doesn't, and is always followed by it.
  socket.onclose = () => events.closed('')
  return {
    send: (text) => socket.send(text),
    close() {
      socket.onopen = socket.onmessage = socket.onclose = null
      socket.close()
    },
  }
}

async function copy(text: string): Promise<boolean> {
  if (window.isSecureContext && navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text)
      return true
    } catch {
      // Refused, or the page isn't in front: the old way may still work.
    }
  }
  return copyBySelection(text)
}

/** The only way on plain http. Works inside a click; returns false when the browser says it didn't. */
function copyBySelection(text: string): boolean {
  const before = document.activeElement
  const area = document.createElement('textarea')
  area.value = text
  area.readOnly = true
  area.className = 'copy-source'
  area.setAttribute('aria-hidden', 'true')
  // Inside an open dialog, since everything outside it is inert and can't be selected.
  const dialog = before?.closest('dialog') ?? document.body
  dialog.append(area)
  area.select()
  area.setSelectionRange(0, text.length)
  try {
    return document.execCommand('copy')
  } catch {
    return false
  } finally {
    area.remove()
    if (before instanceof HTMLElement) before.focus({ preventScroll: true })
  }
}
