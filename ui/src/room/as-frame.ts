import type { ClientFrame } from '../wire.gen'
import type { Pending } from './state'

/** What waits, as it is sent. */
export function asFrame({ id, text, reply, change, files }: Pending): ClientFrame {
  switch (change?.kind) {
    case undefined: {
      const uploads = files?.flatMap(({ upload }) => upload ?? [])
      return {
        type: 'new_message',
        payload: {
          id,
          text,
          ...(reply === undefined ? {} : { reply }),
          ...(uploads ? { files: uploads } : {}),
        },
      }
    }
    case 'edit':
      return { type: 'edit', payload: { id, of: change.of, text } }
    case 'deletion':
      return { type: 'delete', payload: { id, of: change.of } }
    case 'reaction':
      return { type: 'react', payload: { id, of: change.of, emoji: change.emoji, on: change.on } }
  }
}
