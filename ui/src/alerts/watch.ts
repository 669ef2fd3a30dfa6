import type { Room } from '../room/room'
import type { Shell } from '../transport/transport'
import { called } from '../views/called'
import { alertsOf } from './alerts'
import { choiceFor, hasSound } from './choices'
import { Notifier, type Word } from './notifier'
import { chime } from './sound'

/** Where tabs of one browser hear of each other. */
const CHANNEL = 'snug.alerts'

/** Tells of what is said in a room while nobody looks at it, until what it returns is called. */
export function watch(room: Room, shell: Shell | null): () => void {
  const alerts = alertsOf(shell, room.key)
  const channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel(CHANNEL) : null
  const notifier = new Notifier({
    room: room.key,
    state: room.state,
    quoted: room.reader.quoted,
    findQuoted: (id) => room.reader.findQuoted(id),
    alerts,
    choice: () => choiceFor(room.keptAs.value),
    hasSound,
    chime,
    called,
    looked: () => document.visibilityState === 'visible' && document.hasFocus(),
    say: (word) => channel?.postMessage(word),
  })
  const looked = () => notifier.looked()
  const heard = ({ data }: MessageEvent<Word>) => notifier.heard(data)
  const signs = ['focus', 'pageshow'] as const
  channel?.addEventListener('message', heard)
  document.addEventListener('visibilitychange', looked)
  for (const sign of signs) addEventListener(sign, looked)
  const deaf = alerts.clicks((id) => room.goTo({ id }))
  notifier.start()
  return () => {
    deaf()
    document.removeEventListener('visibilitychange', looked)
    for (const sign of signs) removeEventListener(sign, looked)
    notifier.stop()
    channel?.close()
  }
}
