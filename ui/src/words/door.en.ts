import type { Widen } from './en'

/** What is said of a room’s door and its keys, in English: loaded with the views that say it. */
export const en = {
  addressNotes: {
    closed: 'Easy to read aloud. Whoever has only this knocks, and the host lets them in.',
    open: 'Easy to read aloud, and enough to come in: this room is open.',
    locked: 'Easy to read aloud. Just now it lets nobody in who wasn’t here before.',
  },
  inviteLeadBare:
    'Whoever opens this address knocks, and the host lets them in. Only the host has a link that needs no knock.',
  lockedNote: 'The room is locked: nobody new comes in, not even by a link.',
  lockedNoteHost: 'You’ve locked the room: nobody new comes in, not even by this link.',
  share: 'Share…',
  mail: 'E-mail',
  mailSubject: (room: string) => `Join me in ${room}`,
  mailBody: (room: string, link: string) =>
    `Come and chat in ${room}. Open this link on the same network as me:\n\n${link}\n`,
  doorTitle: 'Who gets in',
  doors: { open: 'Everyone', closed: 'By link or knock', locked: 'Nobody new' },
  doorNotes: {
    open: 'Everyone on your network who knows the address comes right in.',
    closed: 'The link lets in. Whoever has only the address knocks, and you decide.',
    locked: 'Nobody new comes in. Whoever was in before may come back.',
  },
  orderComplaints: {
    disk_full: 'It holds for now, but couldn’t be saved: the disk is full.',
    log_failed: 'It holds for now, but couldn’t be saved.',
    log_damaged: 'It holds for now, but couldn’t be saved.',
    too_many_links: 'There are as many links as there can be. End one first.',
    bad_link: 'A link has to end at some time, or after some guests.',
    not_host: 'Only the host can do that.',
  },
  newLink: 'Make a new link',
  newLinkText:
    'The old link stops working at once, for everyone who hasn’t used it. Those who were here stay, and may come back.',
  newLinkConfirm: 'End the old link',
  newLinkMade: 'There’s a new link above. The old one no longer works.',
  furtherLinks: (n: number) => (n === 0 ? 'Links that end' : `Links that end (${n})`),
  furtherText: 'For a party or a workshop: they let people in for a time, or for a number of guests.',
  furtherShown: 'Above is a link that ends.',
  showOwnLink: 'Show the room’s own',
  linkUsed: (n: number) => (n === 1 ? '1 guest so far' : `${n.toLocaleString('en')} guests so far`),
  linkUsedOf: (n: number, of: number) =>
    `${n.toLocaleString('en')} of ${of === 1 ? '1 guest' : `${of.toLocaleString('en')} guests`}`,
  linkOver: 'ended',
  linkEnds: (when: string) => `until ${when}`,
  linkTime: 'Ends after',
  linkGuests: 'And lets in',
  linkNever: 'no set time',
  linkHours: (h: number) =>
    h === 1 ? '1 hour' : h === 24 ? '1 day' : h % 24 === 0 ? `${h / 24} days` : `${h} hours`,
  linkAnyone: 'any number',
  linkGuestCount: (n: number) => (n === 1 ? '1 guest' : `${n} guests`),
  addLink: 'Make this link',
  showLink: 'Show',
  endLink: 'End this link',
  removeLink: 'Remove this link',
  guests: 'Who may come back',
  guestsText:
    'Everyone who was let in comes back without a link, on the same device. Forget someone, and they need a link, or knock, the next time.',
  guestsNone: 'Nobody but you has been here yet.',
  guestBy: { link: 'by a link', knock: 'you let them in', open: 'while it was open' },
  forgetGuest: (name: string) => `Forget ${name}`,
  knocks: 'At the door',
  knocksTitle: (n: number) => (n === 1 ? 'Someone is at the door' : `${n} are at the door`),
  knocksTold: (names: string) => `${names} at the door, asking to come in.`,
  knocksSince: (time: string) => `waiting for ${time}`,
  knockTwin: 'someone of this name is here already',
  letIn: 'Let in',
  letInNamed: (name: string) => `Let in: ${name}`,
  turnAway: 'Turn away',
  turnAwayNamed: (name: string) => `Turn away: ${name}`,
  letAllIn: (n: number) => `Let all ${n} in`,
}

/** What such a catalogue holds. */
export type DoorWords = Widen<typeof en>
