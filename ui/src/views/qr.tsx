import { useEffect, useState } from 'preact/hooks'
import { words } from '../words/words'

/** Modules of white around the code: cameras look for four. */
const QUIET = 4

/** A QR code, dark on white in either theme, since many cameras read nothing else. */
export function QrCode({ text }: { text: string }) {
  const [code, setCode] = useState<{ size: number; path: string } | null>(null)
  useEffect(() => {
    let current = true
    import('lean-qr').then(({ generate }) => {
      const bitmap = generate(text)
      let path = ''
      for (let y = 0; y < bitmap.size; y += 1) {
        for (let x = 0; x < bitmap.size; x += 1) if (bitmap.get(x, y)) path += `M${x} ${y}h1v1h-1z`
      }
      if (current) setCode({ size: bitmap.size, path })
    })
    return () => {
      current = false
    }
  }, [text])
  const side = (code?.size ?? 33) + 2 * QUIET
  return (
    <svg
      class="qr"
      role="img"
      aria-label={words.value.qrLabel}
      viewBox={`${-QUIET} ${-QUIET} ${side} ${side}`}
      shape-rendering="crispEdges"
    >
      <rect x={-QUIET} y={-QUIET} width={side} height={side} fill="#fff" />
      <path d={code?.path ?? ''} fill="#000" />
    </svg>
  )
}
