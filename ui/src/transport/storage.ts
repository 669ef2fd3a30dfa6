/**
 * What this browser remembers. Private windows and locked-down phones may refuse localStorage, at any
 * moment and by throwing: then things are remembered until the page closes, and nothing else changes.
 */
export interface Memory {
  get(key: string): string | null
  /** False when it is remembered only until the page closes. */
  set(key: string, value: string): boolean
  remove(key: string): void
  /** The keys that begin so, in no particular order. */
  keys(prefix: string): string[]
}

/** Memory over a Web Storage, or over nothing when there is none. */
export function memory(storage: () => Storage): Memory {
  const spare = new Map<string, string>()
  const attempt = <T>(action: (storage: Storage) => T): T | undefined => {
    try {
      return action(storage())
    } catch {
      return undefined
    }
  }
  return {
    get: (key) => spare.get(key) ?? attempt((s) => s.getItem(key)) ?? null,
    set(key, value) {
      const kept = attempt((s) => {
        s.setItem(key, value)
        return true
      })
      if (kept) spare.delete(key)
      else spare.set(key, value)
      return kept === true
    },
    remove(key) {
      spare.delete(key)
      attempt((s) => s.removeItem(key))
    },
    keys(prefix) {
      const stored = attempt((s) => Array.from({ length: s.length }, (_, at) => s.key(at) ?? '')) ?? []
      return [...new Set([...stored, ...spare.keys()])].filter((key) => key.startsWith(prefix))
    },
  }
}

/** Kept across visits. */
export const local = memory(() => localStorage)

/** Kept for this tab, reloads included. */
export const tab = memory(() => sessionStorage)

/** Tells of what another tab of this browser changes. */
export function whenChangedElsewhere(key: string, changed: (value: string | null) => void): void {
  addEventListener('storage', (event) => {
    if (event.key === key) changed(event.newValue)
  })
}
