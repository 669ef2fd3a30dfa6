import type { Invite } from '../room/invite'
import { FileError } from './files'

/** Which room is to be taken along, by whom, and how its page is to say the little it says itself. */
export interface Wanted {
  invite: Invite
  room: string
  name: string
  ticket: string
  language: string
  zone: string
}

/** The path of a room's archive. */
export function archiveOf({ room, ticket, language, zone }: Wanted): string {
  return `/export/${room}?ticket=${encodeURIComponent(ticket)}&lang=${language}&tz=${zone}`
}

/**
 * Has this page's browser save the room's archive. How it goes from there is the browser's to tell.
 *
 * Throws `bad_ticket`, `too_many_exports` and `unreachable`, as a `FileError`.
 */
export async function browserArchive(wanted: Wanted): Promise<void> {
  const path = archiveOf(wanted)
  // First, lest the browser saves the refusal instead.
  let status: number
  try {
    status = (await fetch(path, { method: 'HEAD', cache: 'no-store', credentials: 'omit' })).status
  } catch (error) {
    throw new FileError('unreachable', String(error))
  }
  if (status === 401) throw new FileError('bad_ticket', 'the ticket is no longer good')
  if (status === 429) throw new FileError('too_many_exports', 'others are being served just now')
  if (status >= 400) throw new FileError('unreachable', `an answer with status ${status}`)
  const link = document.createElement('a')
  link.href = path
  link.download = `${wanted.name}.zip`
  document.body.append(link)
  link.click()
  link.remove()
}
