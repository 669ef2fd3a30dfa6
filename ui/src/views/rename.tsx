import { useComputed } from '@preact/signals'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Room } from '../room/room'
import { words } from '../words/words'
import { Icon } from './icon'
import { isTooLong, NICKNAME_CHARS } from './name-field'

/** The field in which one changes one's own name, in its place in the list. */
export default function Rename({ room, nickname, done }: { room: Room; nickname: string; done: () => void }) {
  const [text, setText] = useState(nickname)
  const field = useRef<HTMLInputElement>(null)
  // The limit alone: whatever else happens in the room is none of the field's business.
  const most = useComputed(() => room.state.value.limits?.nickname_chars ?? NICKNAME_CHARS).value
  const tooLong = isTooLong(text, most)
  const w = words.value
  // Once: whoever goes on to write something else meanwhile isn't called back.
  useLayoutEffect(() => {
    field.current?.focus()
    field.current?.select()
  }, [])
  const save = () => {
    if (tooLong) return
    if (text.trim() !== nickname) room.rename(text.trim())
    done()
  }
  return (
    <form
      class="rename"
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <input
        ref={field}
        class="field"
        dir="auto"
        value={text}
        aria-label={w.nickname}
        aria-invalid={tooLong}
        placeholder={w.anonymous}
        autocomplete="nickname"
        data-testid="edit-nickname-input"
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || event.isComposing) return
          // Only the editing ends, not the sheet it may stand in.
          event.preventDefault()
          event.stopPropagation()
          done()
        }}
      />
      <button type="submit" class="icon-button small" aria-label={w.save} title={w.save} disabled={tooLong}>
        <Icon name="check" size={16} />
      </button>
      <button type="button" class="icon-button small" aria-label={w.cancel} title={w.cancel} onClick={done}>
        <Icon name="close" size={16} />
      </button>
      {tooLong && (
        <p class="note warn" role="alert">
          {w.nameTooLong(most)}
        </p>
      )}
    </form>
  )
}
