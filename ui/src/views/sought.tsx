import { useEffect } from 'preact/hooks'
import type { Room } from '../room/room'
import { words } from '../words/words'
import { Icon } from './icon'

/** How long it is told that something isn't there. */
const TOLD_MS = 6_000

/** What becomes of a message somewhere else in the log that one went to. */
export function Sought({ room }: { room: Room }) {
  const seeking = room.reader.seeking.value
  const w = words.value
  useEffect(() => {
    if (seeking === null || seeking === 'seeking') return
    const timer = setTimeout(() => room.reader.stopSeeking(), TOLD_MS)
    return () => clearTimeout(timer)
  }, [seeking, room])
  return (
    <div class="sought-place" role="status">
      {seeking !== null && (
        <p class={seeking === 'seeking' ? 'sought soon' : 'sought'} data-testid="sought" data-state={seeking}>
          <Icon name={seeking === 'seeking' ? 'clock' : 'alert'} size={16} />
          {w.sought[seeking]}
        </p>
      )}
    </div>
  )
}
