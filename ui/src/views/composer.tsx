import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Room } from '../room/room'
import { local } from '../transport/storage'
import { words } from '../words/words'
import { Icon } from './icon'

/** What the relay takes until it has said so itself. */
const USUAL_BYTES = 16_384
/** From here on the room that is left is shown. */
const NEARLY_FULL = 0.85

const bytesIn = (text: string) => new TextEncoder().encode(text).length

export function Composer({ room }: { room: Room }) {
  const area = useRef<HTMLTextAreaElement>(null)
  const composing = useRef(false)
  const key = `snug.draft.${room.key}`
  const [text, setText] = useState(() => local.get(key) ?? '')
  const w = words.value

  const most = room.state.value.limits?.text_bytes ?? USUAL_BYTES
  const bytes = bytesIn(text)
  const sendable = text.trim() !== '' && bytes <= most

  // WebKitGTK has no `field-sizing`; the style sheet sets how tall it may become.
  useLayoutEffect(() => {
    const element = area.current
    if (!element) return
    element.style.height = 'auto'
    element.style.height = `${element.scrollHeight + element.offsetHeight - element.clientHeight}px`
  }, [text])

  useEffect(() => {
    if (text === '') local.remove(key)
    else local.set(key, text)
  }, [key, text])

  // On a phone the keyboard would cover the room one has just come into.
  useEffect(() => {
    if (matchMedia('(hover: hover) and (pointer: fine)').matches) area.current?.focus()
  }, [])

  const send = () => {
    if (!sendable) return
    // As it was typed, but for the empty lines around it.
    room.say(text.replace(/^(\s*\n)+|\s+$/g, ''))
    setText('')
    area.current?.focus()
  }

  const pressed = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey) return
    // Enter that ends a composition is the input method's. Safari ends the composition before it tells
    // of the key, and then only the key code 229 gives it away.
    if (event.isComposing || event.keyCode === 229 || composing.current) return
    event.preventDefault()
    send()
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <p id="composer-room-left" class={bytes > most ? 'room-left over' : 'room-left'}>
        {bytes > most * NEARLY_FULL && left(text, bytes, most)}
      </p>
      <div class="composer-box">
        <textarea
          ref={area}
          rows={1}
          dir="auto"
          value={text}
          placeholder={w.messageTo(room.state.value.room?.name ?? '')}
          aria-label={w.message}
          aria-describedby="composer-room-left"
          aria-invalid={bytes > most}
          enterkeyhint="send"
          autocomplete="off"
          data-testid="composer"
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={pressed}
          onCompositionStart={() => {
            composing.current = true
          }}
          onCompositionEnd={() => {
            composing.current = false
          }}
        />
        <button
          type="submit"
          class="send"
          aria-label={w.send}
          title={w.send}
          data-testid="send"
          disabled={!sendable}
          // Keeps the focus, and with it a phone's keyboard, where it is.
          onPointerDown={(event) => event.preventDefault()}
        >
          <Icon name="up" size={20} />
        </button>
      </div>
    </form>
  )
}

/** The relay counts bytes; people count characters of the kind they are typing. */
function left(text: string, bytes: number, most: number): string {
  const characters = Math.floor((Math.abs(most - bytes) * text.length) / bytes)
  return bytes > most ? words.value.tooLong(Math.max(1, characters)) : words.value.charactersLeft(characters)
}
