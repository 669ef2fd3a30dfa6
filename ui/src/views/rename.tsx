import { useState } from 'preact/hooks'
import type { Room } from '../room/room'
import { words } from '../words/words'
import { Icon } from './icon'
import { isTooLong, NICKNAME_CHARS } from './name-field'

/** The field in which one changes one's own name, in its place in the list. */
export default function Rename({ room, nickname, done }: { room: Room; nickname: string; done: () => void }) {
  const [text, setText] = useState(nickname)
  const most = room.state.value.limits?.nickname_chars ?? NICKNAME_CHARS
  const tooLong = isTooLong(text, most)
  const w = words.value
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
        class="field"
        dir="auto"
        value={text}
        aria-label={w.nickname}
        aria-invalid={tooLong}
        placeholder={w.anonymous}
        autocomplete="nickname"
        data-testid="edit-nickname-input"
        ref={(input) => {
          if (input && document.activeElement !== input) input.select()
        }}
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
