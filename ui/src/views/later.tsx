import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'

/**
 * A view that is no part of the first picture: loaded when it is first shown, and nothing until then. With
 * `warm` it is loaded ahead, for whoever may want it while the host is out of reach.
 */
export function later<P extends object>(
  load: () => Promise<{ default: ComponentType<P> }>,
): { View: ComponentType<P>; warm: () => void } {
  let loaded: ComponentType<P> | null = null
  const get = () =>
    load().then(({ default: view }) => {
      loaded = view
      return view
    })
  function View(props: P) {
    const [Loaded, setLoaded] = useState<{ it: ComponentType<P> } | null>(loaded && { it: loaded })
    useEffect(() => {
      let current = true
      if (Loaded) return
      get().then(
        (it) => current && setLoaded({ it }),
        () => {}, // The host is out of reach. It is tried again the next time.
      )
      return () => {
        current = false
      }
    }, [Loaded])
    return Loaded && <Loaded.it {...props} />
  }
  return { View, warm: () => void get().catch(() => {}) }
}
