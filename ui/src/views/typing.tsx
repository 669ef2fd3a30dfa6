import type { Room } from '../room/room'
import { words } from '../words/words'
import { called } from './called'

/** Who is typing. Not announced: a screen reader would speak of little else. */
export function TypingLine({ room }: { room: Room }) {
  const { typing, members, you } = room.state.value
  const names = typing
    .filter((member) => member !== you?.member)
    .map((member) => called(members.get(member) ?? ''))
    .filter((name) => name !== '')
  if (room.connection.value.state !== 'online') names.length = 0
  return (
    <p class={names.length > 0 ? 'typing shown' : 'typing'} data-testid="typing">
      {names.length > 0 && (
        <>
          <span class="typing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          <span class="typing-names" dir="auto">
            {sentence(names)}
          </span>
        </>
      )}
    </p>
  )
}

function sentence([first = '', second, third]: readonly string[]): string {
  const w = words.value
  if (second === undefined) return w.typing(first)
  return third === undefined ? w.typingBoth(first, second) : w.typingMany
}
