import { useCallback, useEffect, useState } from 'preact/hooks'

/** What was told is then no longer news. */
const NEWS_MS = 15_000

/** A sentence for those who listen, and the way to say another one. */
export function useNews() {
  // A new object each time: the same words may be news again.
  const [news, setNews] = useState({ text: '', number: 0 })
  const say = useCallback((text: string) => setNews(({ number }) => ({ text, number: number + 1 })), [])
  useEffect(() => {
    const timer = setTimeout(() => setNews((it) => ({ ...it, text: '' })), NEWS_MS)
    return () => clearTimeout(timer)
  }, [news.number])
  return { news, say }
}

/** Where it is said: there before anything is, or it wouldn't be heard. */
export function News({
  of: { text, number },
  testid,
}: {
  of: { text: string; number: number }
  testid: string
}) {
  return (
    <p class="for-readers" role="status" data-testid={testid}>
      <span key={number}>{text}</span>
    </p>
  )
}
