import type { Shell } from '../transport/transport'

/** Whether this page may notify, and if it may not, why. */
export type Permission =
  | 'granted'
  /** The browser asks the person, once they want it. */
  | 'askable'
  | 'denied'
  /** Browsers let only secure pages notify, and a room on the network is none. */
  | 'insecure'
  | 'unsupported'

/** What is told: text, and the message it leads to. */
export interface Told {
  title: string
  body: string
  /** The message's id. */
  message: string
}

/** The desktop around the page: one notification at a time, and a number at the app's place. */
export interface Alerts {
  permission(): Permission
  /** Only in answer to a click. */
  ask(): Promise<Permission>
  /** In the place of the one before. */
  show(told: Told): void
  takeBack(): void
  /** How much is unread; 0 shows nothing. */
  badge(count: number): void
  /** Tells of clicks on what is shown, with its message, until what it returns is called. */
  clicks(heard: (message: string) => void): () => void
}

/** Those of the app, or of the browser. `room` tells this room's notification from another's. */
export function alertsOf(shell: Shell | null, room: string): Alerts {
  return shell ? inApp(shell) : inBrowser(`snug.${room}`)
}

function inApp(shell: Shell): Alerts {
  return {
    permission: () => 'granted',
    ask: async () => 'granted',
    show: ({ title, body, message }) => shell.notify(title, body, message),
    takeBack: () => shell.takeBackNotification(),
    badge: (count) => shell.showBadge(count),
    clicks: (heard) => shell.notificationClicks(heard),
  }
}

/** Set once a browser that has notifications turned out to give none to pages like this: those on Android. */
let refusedToMake = false

export function permission(): Permission {
  if (!globalThis.isSecureContext) return 'insecure'
  if (typeof Notification !== 'function' || refusedToMake) return 'unsupported'
  return Notification.permission === 'default' ? 'askable' : Notification.permission
}

function inBrowser(tag: string): Alerts {
  let shown: Notification | null = null
  let clicked: (message: string) => void = () => {}
  return {
    permission,
    ask: async () => {
      await Notification.requestPermission()
      return permission()
    },
    show({ title, body, message }) {
      try {
        // The same tag in every tab of this browser: one takes the other's place.
        const notification = new Notification(title, { body, tag, icon: '/icon-192.png', silent: true })
        notification.onclick = () => {
          window.focus()
          notification.close()
          clicked(message)
        }
        shown = notification
      } catch {
        refusedToMake = true
      }
    },
    takeBack() {
      shown?.close()
      shown = null
    },
    badge(count) {
      // Where there is none, or the page isn't installed, the title has the number.
      if (count > 0) navigator.setAppBadge?.(count).catch(() => {})
      else navigator.clearAppBadge?.().catch(() => {})
    },
    clicks(heard) {
      clicked = heard
      return () => {
        clicked = () => {}
      }
    },
  }
}
