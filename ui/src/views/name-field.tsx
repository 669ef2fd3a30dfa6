import { useId } from 'preact/hooks'
import { charactersIn } from '../text/characters'
import { words } from '../words/words'

/** The longest names that a relay takes unless it is told otherwise, for whoever isn't in a room that says so. */
export const NICKNAME_CHARS = 40
export const ROOM_NAME_CHARS = 80

/** Whether a name is longer than that, counted as people count, and as the relay does. */
export const isTooLong = (name: string, most: number) => charactersIn(name.trim()) > most

interface NameFieldProps {
  label: string
  value: string
  most: number
  change: (name: string) => void
  testid: string
  autocomplete: 'nickname' | 'off'
  placeholder?: string
  large?: boolean
  /** Where it is the one thing to do. */
  alone?: boolean
}

/** A field for a name, which says when that is too long instead of cutting it. */
export function NameField({
  label,
  value,
  most,
  change,
  testid,
  autocomplete,
  placeholder = '',
  large = false,
  alone = false,
}: NameFieldProps) {
  const complaint = useId()
  const tooLong = isTooLong(value, most)
  return (
    <div class="labelled">
      <label class="labelled">
        <span>{label}</span>
        <input
          class={large ? 'field large' : 'field'}
          dir="auto"
          value={value}
          placeholder={placeholder}
          autocomplete={autocomplete}
          enterkeyhint={alone ? 'go' : undefined}
          // biome-ignore lint/a11y/noAutofocus: only where there is nothing else
          autoFocus={alone}
          data-testid={testid}
          aria-invalid={tooLong}
          aria-describedby={tooLong ? complaint : undefined}
          onInput={(event) => change(event.currentTarget.value)}
        />
      </label>
      <p id={complaint} class="note warn" role="alert">
        {tooLong && words.value.nameTooLong(most)}
      </p>
    </div>
  )
}
