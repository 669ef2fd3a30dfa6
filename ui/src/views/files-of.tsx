import { signal } from '@preact/signals'
import { useContext, useEffect } from 'preact/hooks'
import type { Room } from '../room/room'
import type { Pending } from '../room/state'
import type { Event, FileInfo } from '../wire.gen'
import { nameList } from '../words/time'
import { namedFile } from './called'
import { Icon } from './icon'
import { Reading } from './reading'

type Views = typeof import('./file-views')

const views = signal<Views | null>(null)
let loading = false

/** What shows files is no part of the first script. It is asked for on the way into the room, and there before it. */
export async function loadFileViews(): Promise<void> {
  if (views.value || loading) return
  loading = true
  try {
    views.value = await import('./file-views')
  } catch {
    // The host is out of reach. Their names are shown, and it is tried again when it is back.
  } finally {
    loading = false
  }
}

/** The files of a message in the log. */
export function StoredFiles({ event, files }: { event: Event; files: readonly FileInfo[] }) {
  const shown = useViews()
  return shown ? <shown.StoredFiles event={event} files={files} /> : <Names files={files} />
}

/** The files of a message that waits for them. */
export function PendingFiles({ room, pending }: { room: Room; pending: Pending }) {
  const shown = useViews()
  return shown ? <shown.PendingFiles room={room} pending={pending} /> : <Names files={pending.files ?? []} />
}

/** What a quoted message has as files. Until it is loaded its place is as large. */
export function QuotedFile({ files, said }: { files: readonly FileInfo[]; said: boolean }) {
  const shown = useViews()
  if (files.length === 0) return null
  if (shown) return <shown.QuotedFile files={files} said={said} />
  return (
    <span class="quote-file">
      <Icon name="attach" size={14} />
    </span>
  )
}

/** Takes files that are dropped or pasted. */
export function Dropping({ room }: { room: Room }) {
  const shown = views.value
  return shown && <shown.Dropping room={room} />
}

function useViews(): Views | null {
  const { online } = useContext(Reading)
  const isOnline = online.value
  useEffect(() => {
    if (isOnline) loadFileViews()
  }, [isOnline])
  return views.value
}

function Names({ files }: { files: readonly { name: string }[] }) {
  return <p>{nameList(files.map(({ name }) => namedFile(name)))}</p>
}
