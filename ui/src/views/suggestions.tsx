import { useEffect, useRef } from 'preact/hooks'
import { words } from '../words/words'
import type { Completing } from './completing'

export const SUGGESTIONS = 'composer-suggestions'
export const suggestionId = (at: number) => `${SUGGESTIONS}-${at}`

/**
 * What could complete the word before the caret. The focus stays where one types, and the field says which
 * one is chosen (`aria-activedescendant`).
 */
export function Suggestions({ completing }: { completing: Completing }) {
  const { choices, chosen } = completing
  const list = useRef<HTMLDivElement>(null)
  const w = words.value
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' })
  }, [chosen])
  return (
    <>
      {choices.length > 0 && (
        <div
          ref={list}
          id={SUGGESTIONS}
          class="suggestions"
          role="listbox"
          aria-label={w.suggestions}
          // Where it scrolls, it is no stop of its own.
          tabIndex={-1}
          // Keeps the focus, and with it a phone's keyboard, where it is.
          onMouseDown={(event) => event.preventDefault()}
        >
          {choices.map((choice, at) => (
            // The keyboard works from the field: see `Completing.key`.
            // biome-ignore lint/a11y/useKeyWithClickEvents: see above
            // biome-ignore lint/a11y/useFocusableInteractive: see above
            <div
              key={choice.insert}
              id={suggestionId(at)}
              class="suggestion"
              role="option"
              aria-selected={at === chosen}
              data-testid="suggestion"
              onPointerMove={() => at !== chosen && completing.choose(at)}
              onClick={() => completing.pick(at)}
            >
              {choice.sign !== '' && <span class="suggestion-sign">{choice.sign}</span>}
              <bdi class="suggestion-label">{choice.label}</bdi>
              {choice.hint !== '' && <span class="suggestion-hint">{choice.hint}</span>}
            </div>
          ))}
        </div>
      )}
      <p class="for-readers" role="status">
        {choices.length > 0 && w.suggestionCount(choices.length)}
      </p>
    </>
  )
}
