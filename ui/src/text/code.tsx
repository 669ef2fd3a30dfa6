import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'

/** Longer than this, colouring takes longer than it is worth. */
const MOST_COLOURED = 12_000

interface Code {
  language: string
  text: string
}

/**
 * Code as it was typed; in colour once what colours it has been loaded, if it names a language. Behind it, what one can do
 * with it.
 */
export function CodeBlock({ language, text, children }: Code & { children: ComponentChildren }) {
  const [coloured, setColoured] = useState<ComponentChildren>(null)
  useEffect(() => {
    setColoured(null)
    if (language === '' || text.length > MOST_COLOURED) return
    let wanted = true
    import('./highlight').then(
      ({ highlighted }) => {
        if (wanted) setColoured(highlighted(language, text))
      },
      () => {}, // The host is out of reach: it is readable without.
    )
    return () => {
      wanted = false
    }
  }, [language, text])
  return (
    <div class="code-block">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard has to be able to scroll it */}
      <pre dir="ltr" tabIndex={0} data-language={language || undefined}>
        <code>{coloured ?? text}</code>
      </pre>
      {children}
    </div>
  )
}
