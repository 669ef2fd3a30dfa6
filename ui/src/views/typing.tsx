import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Room } from '../room/room'
import { words } from '../words/words'
import { named } from './called'

/** Who is typing. Not announced: a screen reader would speak of little else. */
export function TypingLine({ room }: { room: Room }) {
  const line = useRef<HTMLParagraphElement>(null)
  // What it said last is still there while it fades.
  const [said, setSaid] = useState('')
  const now = sentence(namesIn(room))
  const shown = now !== ''
  useLayoutEffect(() => {
    if (shown) return setSaid(now)
    let current = true
    // None where somebody asks for less motion.
    const fading = line.current?.getAnimations() ?? []
    Promise.allSettled(fading.map(({ finished }) => finished)).then(() => current && setSaid(''))
    return () => {
      current = false
    }
  }, [shown, now])
  const text = shown ? now : said
  return (
    <p ref={line} class={shown ? 'typing shown' : 'typing'} data-testid="typing">
      {text !== '' && (
        <>
          <span class="typing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          <span class="typing-names">{text}</span>
        </>
      )}
    </p>
  )
}

/** The others who are typing, by name. */
function namesIn(room: Room): string[] {
  const { typing, members, you } = room.state.value
  if (room.connection.value.state !== 'online') return []
  const others = typing.filter((member) => member !== you?.member)
  return others.map((member) => named(members.get(member) ?? '')).filter((name) => name !== '')
}

function sentence([first, second, third]: readonly string[]): string {
  const w = words.value
  if (first === undefined) return ''
  if (second === undefined) return w.typing(first)
  return third === undefined ? w.typingBoth(first, second) : w.typingMany
}
