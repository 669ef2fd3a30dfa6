interface ChoiceProps<T extends string> {
  /** Tells the choices of a page apart, and its ways within a test. */
  name: string
  title: string
  ways: readonly { value: T; label: string; lang?: string }[]
  chosen: T
  choose: (value: T) => void
}

/**
 * One of a few, side by side. No `fieldset`: in WebKitGTK, what stands under one with a `legend` and placed labels can't
 * be hit any more while it is pressed.
 */
export function Choice<T extends string>({ name, title, ways, chosen, choose }: ChoiceProps<T>) {
  return (
    <div class="choice" role="radiogroup" aria-label={title}>
      <p class="choice-title" aria-hidden="true">
        {title}
      </p>
      <div class="segments">
        {ways.map(({ value, label, lang }) => (
          <label key={value}>
            <input
              type="radio"
              name={name}
              checked={chosen === value}
              data-testid={`${name}-${value}`}
              onChange={() => choose(value)}
            />
            <span lang={lang}>{label}</span>
          </label>
        ))}
      </div>
    </div>
  )
}
