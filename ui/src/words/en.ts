import { plural } from './plural'

/** A time in the largest unit it fills. */
const inUnits = (ms: number): [number, string] =>
  ms < 60_000
    ? [Math.ceil(ms / 1_000), 'second']
    : ms < 3_600_000
      ? [Math.ceil(ms / 60_000), 'minute']
      : [Math.ceil(ms / 3_600_000), 'hour']

/** Everything the app says, in English. `ko.ts` has the same shape, or the type check fails. */
export const en = {
  appName: 'Snug',
  tagline: 'A room of your own, on your own network.',

  nickname: 'Your name',
  nicknameHint: 'What others will call you',
  roomName: 'Room name',
  anonymous: 'Anonymous',
  roomOf: (nickname: string) => `${nickname}’s room`,
  myRoom: 'My room',

  hostTitle: 'Open your room',
  hostLead: 'This computer becomes the room. Others join from the app or any browser on your network.',
  hostButton: 'Host a room',
  hosting: 'Opening the room…',
  joinTitle: 'Join a room',
  joinLead: 'Paste the invite link you were sent.',
  joinLink: 'Invite link',
  joinPlaceholder: 'http://192.168.1.20:7684/r/…',
  joinButton: 'Join',
  notAnInvite:
    'That isn’t an invite link. It looks like http://192.168.1.20:7684/r/… – ask the host to copy it again.',
  nearbyTitle: 'Rooms nearby',
  nearbyLooking: 'Looking around on your network…',
  nearbyNone:
    'None found. Many networks keep devices from seeing each other: ask for the invite link, or scan the room’s QR code with a phone.',
  nearbyDeaf:
    'This computer can’t look around: it isn’t on a network, or something keeps it from listening. An invite link still works.',
  nearbyOpen: 'Open to everyone on the network',
  nearbyClosed: 'The host lets people in',
  joinNamed: (room: string) => `Join ${room}`,
  recentTitle: 'Recent rooms',
  hostAgain: 'Host again',
  forget: (room: string) => `Remove ${room} from the list`,
  recentHosted: 'Hosted here',
  recentJoined: 'Joined',

  enterHostTitle: 'Your room is ready',
  enterHostLead: 'Pick a name. You are its host: you let people in and keep order.',
  enterTitle: 'You’re invited',
  enterLead: 'Someone on your network has a room open. Pick a name and step in.',
  enterButton: 'Join the room',
  openInApp: 'Have Snug on this computer? Open it there',
  openedTitle: 'Join this room?',
  openedText: (address: string) => `The link leads to a room at ${address}.`,
  openedLeaves: (room: string) => `You’ll leave ${room}.`,
  openedStops: (room: string) => `${room} stops being hosted, and everyone in it is disconnected.`,
  /** For whoever has only the address. */
  enterBareTitle: 'There’s a room here',
  enterBareLead: 'Pick a name. Unless the room is open to everyone, the host is asked to let you in.',
  enterBareButton: 'Ask to come in',

  knockingTitle: 'You’re at the door',
  knockingText: 'The host sees that you’re here. You’ll be in as soon as they say yes: keep this page open.',
  knockingAway: 'The host isn’t here just now and will see you when they are. Keep this page open.',
  knockingFor: (time: string) => `Waiting for ${time}`,
  knockInstead: 'Ask to come in',
  knockAgain: 'Knock again',
  enterAsGuest: 'Join as a guest',
  inTime: (what: string, time: string) => `${what} in ${time}`,
  nameTooLong: (most: number) =>
    plural(
      most,
      'That name is too long: # character at most.',
      'That name is too long: # characters at most.',
    ),
  nicknameRefused: 'The room can’t use that name. Try a shorter or simpler one.',

  entering: 'Joining…',
  tryAgain: 'Try again',
  back: 'Back',
  cancel: 'Cancel',
  close: 'Close',
  save: 'Save',

  refusals: {
    wrong_secret: {
      title: 'This link doesn’t open the door',
      text: 'The key in it is incomplete or no longer right. Ask the host for the newest link, or ask to be let in.',
    },
    link_ended: {
      title: 'This link has ended',
      text: 'It was good for a time or a number of guests, and that’s over. Ask the host for another one, or ask to be let in.',
    },
    turned_away: {
      title: 'The host didn’t let you in',
      text: 'If that was a mistake, speak to them, or knock again in a while.',
    },
    door_quiet: {
      title: 'Nobody can knock from here just now',
      text: 'The host has turned away several who knocked from your network address, so for a while the door takes no more knocks from it. A link from the host still lets you in.',
    },
    no_answer: {
      title: 'Nobody answered',
      text: 'The host hasn’t looked at the door. You can knock again.',
    },
    removed: {
      title: 'The host removed you from the room',
      text: 'What you wrote and wasn’t sent is kept here. You can ask to come back, or use the link again.',
    },
    banned: {
      title: 'The host has banned this device',
      text: 'It can’t come into this room. If that was a mistake, speak to the host: they can lift the ban.',
    },
    room_locked: {
      title: 'The room is locked',
      text: 'The host lets in nobody new just now. You’ll be in as soon as it’s unlocked.',
    },
    too_many_tries: {
      title: 'That was tried too often',
      text: 'To keep strangers from guessing, the room asks everyone from your place to wait a moment.',
    },
    too_many_waiting: {
      title: 'Many are waiting at the door',
      text: 'There’s no place left to wait. Snug knocks for you as soon as there is.',
    },
    wrong_host_key: {
      title: 'This host link isn’t right',
      text: 'It belongs to another room, or is incomplete. You can still come in as a guest.',
    },
    no_such_room: {
      title: 'There’s no such room here',
      text: 'The computer answered, but it isn’t hosting this room. Ask the host for a new invite link.',
    },
    full: {
      title: 'The room is full',
      text: 'It holds as many people as it can. You’ll be let in as soon as someone leaves.',
    },
    too_many_from_here: {
      title: 'Too many are in from your network',
      text: 'The room takes only so many connections from one place. You’ll be let in as soon as one is closed: perhaps you have it open in other tabs.',
    },
    bad_address: {
      title: 'That address can’t be right',
      text: 'Check the link, or ask the host to copy it again.',
    },
    unreachable: {
      title: 'Can’t reach the room yet',
      text: 'Check that you’re on the same network as the host, that the room is open, and that no firewall is in between.',
    },
    refused: {
      title: 'That isn’t a Snug room',
      text: 'Something answers at this address, but it isn’t a room. Check the link, or ask the host to copy it again.',
    },
    unproven: {
      title: 'This may be another computer',
      text: 'Something answers where the host was, but can’t prove to be this room’s host, so nothing was sent to it. On another network the same address belongs to somebody else. If you’re where the room is, and the host moved it to another computer or restored it from a copy, it’s the right one.',
    },
    bad_nickname: {
      title: 'The room can’t use that name',
      text: 'Go back and try a shorter or simpler one.',
    },
    log_failed: {
      title: 'The host can’t read this room',
      text: 'Something is wrong with the disk of the computer it’s on. You’ll be let in as soon as it can be read again.',
    },
    log_damaged: {
      title: 'The host’s copy of this room is damaged',
      text: 'The computer it’s on can’t read all of it any more. Tell the host: closing the room and hosting it again may help.',
    },
    stopping: {
      title: 'The host has closed the room',
      text: 'You’ll be back in as soon as it is hosted again.',
    },
    other: {
      title: 'The room can’t let you in',
      text: 'Something didn’t work between here and the host. Try again in a moment.',
    },
  },
  keepsTrying: 'Trying again by itself…',

  shellErrors: {
    port_taken: {
      title: 'No free port to host on',
      text: 'Other programs use the ports Snug tried. Close one of them, or restart the computer, and try again.',
    },
    data_not_writable: {
      title: 'Can’t save the conversation',
      text: 'Snug can’t write to its folder. Check that the disk isn’t full and that you may write there.',
    },
    disk_full: {
      title: 'The disk is full',
      text: 'Snug can’t save a conversation without some room. Delete something you no longer need and try again.',
    },
    data_foreign: {
      title: 'The saved rooms can’t be read',
      text: 'Where Snug keeps its rooms there is a file that isn’t Snug’s. It was left alone: move it away and try again.',
    },
    data_newer: {
      title: 'These rooms are from a newer Snug',
      text: 'They were left as they are. Install the newest Snug to open them.',
    },
    data_in_use: {
      title: 'Snug is already open',
      text: 'Another Snug is using the saved rooms. Close it and try again.',
    },
    no_such_room: {
      title: 'This room is no longer stored here',
      text: 'Host a new room, or remove this one from the list.',
    },
    bad_input: {
      title: 'That name can’t be used',
      text: 'Try a shorter or simpler name for the room or for yourself.',
    },
    io: {
      title: 'That didn’t work',
      text: 'The computer refused something Snug needs. Try again; if it keeps happening, restart Snug.',
    },
  },

  people: 'People',
  host: 'host',
  away: 'away',
  typing: (name: string) => `${name} is typing…`,
  typingBoth: (one: string, other: string) => `${one} and ${other} are typing…`,
  typingMany: 'Several people are typing…',
  peopleCount: (n: number) => plural(n, '# person here', '# people here'),
  morePeople: (n: number) => `and ${n.toLocaleString('en')} more`,
  you: 'you',
  editNickname: 'Change your name',

  invite: 'Invite',
  inviteTitle: 'Invite people',
  inviteLead: 'Send this link to anyone on your network, or let them scan the code.',
  inviteLink: 'Invite link',
  copyLink: 'Copy link',
  copied: 'Copied',
  copyFailed: 'Couldn’t copy. The link is selected, so that you can copy it yourself.',
  qrLabel: 'QR code of the invite link',
  otherAddresses: 'Other addresses of this computer',
  useAddress: (address: string) => `Use ${address}`,
  showNearby: 'Show this room to people nearby',
  showNearbyNote: 'Snug on this network lists its name. The key to it isn’t told.',
  address: 'Address',

  doorTags: { open: 'Open', locked: 'Locked' },

  knocksCount: (n: number) => plural(n, '# at the door', '# at the door'),
  copyCommand: 'Copy command',
  copyCommandFailed: 'Couldn’t copy. The command is selected, so that you can copy it yourself.',
  machineName: 'name of this computer',
  /** Whether others can open the link, as far as this computer can tell. */
  verdicts: {
    looking: 'Checking whether others can get here…',
    proven: { title: 'Others can get here', text: 'Someone on your network already has.' },
    likely: {
      title: 'Others can probably get here',
      text: 'Nothing was found here that would keep them out. Whether the Wi-Fi keeps devices apart can’t be seen from here: if it does, use another, or a phone’s hotspot.',
    },
    noNetwork: {
      title: 'Nobody else can get here now',
      text: 'This computer isn’t on a network. Connect to Wi-Fi or plug in a cable: the link changes by itself.',
    },
    loopbackOnly: {
      title: 'Only this computer can get here',
      text: 'The room was told to listen on this computer alone.',
    },
    onlyVirtual: {
      title: 'Probably nobody can get here',
      text: (adapter: string) =>
        `The only address belongs to ${adapter}, a VPN’s or a virtual adapter. Connect to the Wi-Fi or cable your guests use.`,
    },
    noRouter: {
      title: 'Maybe nobody can get here',
      text: 'This computer got no address from a router. Reconnect to the Wi-Fi, or check the cable.',
    },
    tunnel: {
      title: 'A VPN may be in the way',
      text: (adapter: string) =>
        `Traffic goes through the VPN ${adapter}. If someone can’t open the link, pause it or allow local network access in its settings.`,
    },
    firewall: {
      title: (firewall: string) => `${firewall} may keep others out`,
      text: 'Whether its rules let people in can’t be told from here. If someone can’t open the link:',
    },
    blocked: {
      title: (firewall: string) => `${firewall} keeps others out`,
      text: 'It blocks this room’s port on this computer.',
    },
    silent: {
      title: 'This computer doesn’t answer',
      text: 'It can’t even reach itself at this address. A firewall or security program is likely in the way: let it allow Snug.',
    },
    allow: {
      command: 'Type this in a terminal to let people in:',
      windows:
        'Open Windows Security, Firewall & network protection, “Allow an app through firewall”, and tick Snug under Private.',
      macos: 'Open System Settings, Network, Firewall, Options, and let Snug accept incoming connections.',
    },
    firewalls: {
      ufw: 'The firewall ufw',
      firewalld: 'The firewall firewalld',
      nftables: 'The firewall nftables',
      iptables: 'The firewall iptables',
      windows: 'Windows Firewall',
      macos: 'The macOS firewall',
    },
  },
  virtualAdapter: 'virtual',
  loopbackAdapter: 'this computer only',
  moved: (from: number) =>
    `Port ${from} was taken, so this room has a new link. The old one no longer works.`,
  movedFrom: (from: number, to: string) =>
    `Port ${from} was taken, so this room is on ${to} now. Links shared earlier no longer work.`,
  /** For the host: the saved conversation was damaged. */
  setAside: (kept: number, lost: number, file: string) =>
    `The saved conversation was damaged. ${plural(kept, '# message is', '# messages are')} still here${lost === 0 ? '' : plural(lost, ', at least # is lost', ', at least # are lost')}. The damaged file is kept: ${file}`,
  cantOpen: 'Someone can’t open it?',
  cantOpenTips: [
    'They have to be on the same network. Guest Wi-Fi often keeps devices apart.',
    'The firewall of this computer has to let Snug through.',
    'If this computer has several addresses, try another one.',
  ],

  stopHosting: 'Stop hosting',
  trayShow: 'Show Snug',
  trayQuit: 'Quit Snug',
  closingTitle: 'Your room stays open',
  closingText: (room: string) =>
    `Without its window, Snug stays beside the clock and ${room} goes on. From there you can show the window again, or stop hosting.`,
  closingKeep: 'Keep the room open',
  closingQuit: 'Stop hosting and quit',
  stopTitle: 'Stop hosting?',
  stopText: (n: number) =>
    `${plural(n, 'One other person is here', '# other people are here')} and will be disconnected. The conversation is kept, and you can host the room again.`,
  keepHosting: 'Keep hosting',
  leave: 'Leave',
  menu: 'Settings',
  theme: 'Appearance',
  themes: { system: 'System', light: 'Light', dark: 'Dark' },
  language: 'Language',
  languageSystem: 'System',
  notifyAbout: 'Notify me about',
  notifyChoices: { all: 'Everything', mentions: 'Mentions', none: 'Nothing' },
  notifyReplies: 'A reply to you counts as a mention.',
  notifySound: 'With a sound',
  notifyAllow: 'Allow notifications',
  notifyStates: {
    granted: 'Shown while you look elsewhere.',
    askable: 'Your browser will ask whether this room may notify you.',
    denied:
      'Your browser blocks notifications from this room. You can allow them in its settings for this page.',
    insecure:
      'Browsers only let https pages notify, and this room isn’t one. Use the Snug app, or the sound.',
    unsupported: 'This browser can’t notify you from a page. A sound works all the same.',
  },
  /** Who or how much, and in which room: the title of a notification. */
  newsOf: (what: string, room: string) => `${what} in ${room}`,

  exportOpen: 'Export this room…',
  exportTitle: 'Export this room',
  exportLead: 'Take everything that was said here along, as one ZIP file:',
  exportParts: {
    page: 'a page to read, in any browser and without a network',
    data: 'the same as data, for other programs',
    files: 'the files that were shared',
  },
  exportNote:
    'It holds the room as it is now. What was deleted is not in it. Whoever has the file can read all of it.',
  exportButton: 'Export',
  exportSaved: 'Your browser is saving it.',
  exportSoFar: (size: string) => `${size} so far`,
  exportBusy: 'The host is busy with another export. Try again in a moment.',

  connections: {
    online: 'Connected',
    connecting: 'Connecting…',
    knocking: 'At the door',
    offline: 'Offline',
    refused: 'Not connected',
  },
  offlineBar: 'You’re offline. Snug keeps trying.',
  unprovenBar: (address: string) =>
    `Another computer may have the host’s address now: ${address} can’t prove to be this room’s host. Nothing is sent to it.`,
  trustHost: 'It’s the right one',
  stoppingBar: 'The host has closed the room. You’ll be back in as soon as it’s hosted again.',
  fullBar: 'The room is full just now. Snug keeps trying.',
  troubleBar: 'The host can’t read this room just now. Snug keeps trying.',
  waiting: (n: number) =>
    plural(n, '# message will be sent when you’re back.', '# messages will be sent when you’re back.'),
  perishable:
    'This browser can’t store what you typed. Keep this page open until it’s sent: a reload would lose it.',
  backOnline: 'You’re back.',
  relinked: 'This computer’s address has changed, and with it the invite link.',
  elsewhere: 'The host may be at another address by now.',
  openThere: 'Open the room there:',
  carried: 'What waits to be sent comes along.',
  leftBehind: (n: number) =>
    plural(
      n,
      '# message is too long for that or has files or changes in it. It stays in this page, and is sent when the host is back here.',
      '# messages are too long for that or have files or changes in them. They stay in this page, and are sent when the host is back here.',
    ),
  brought: (n: number) =>
    plural(
      n,
      'Send this message, which this link brought along',
      'Send these # messages, which this link brought along',
    ),

  log: 'Messages',
  beginning: (room: string) => `This is where ${room} begins.`,
  emptyTitle: 'It’s quiet in here',
  emptyHost: 'Invite someone and say hello. Everything said here stays on this computer.',
  emptyGuest: 'Say hello: whatever is said here stays on the host’s computer.',
  emptyInvite: 'Invite people',
  loadingHistory: 'Loading earlier messages…',
  /** `more` where there are perhaps more than that. */
  newMessages: (n: number, more: boolean) =>
    more ? `${n.toLocaleString('en')}+ new messages` : plural(n, '# new message', '# new messages'),
  toNewest: 'Go to the newest message',
  goToDay: 'Go to a day',
  previousMonth: 'Previous month',
  nextMonth: 'Next month',
  sought: {
    seeking: 'Looking for the message…',
    missing: 'That message isn’t in this room any more.',
    failed: 'The host couldn’t look it up just now. Try again in a moment.',
  },
  /** Before and after noon, where the language writes them out. */
  noon: ['AM', 'PM'],
  today: 'Today',
  yesterday: 'Yesterday',

  search: 'Search this room',
  withKeys: (what: string, keys: string) => `${what} (${keys})`,
  searchResults: 'Messages found',
  clearSearch: 'Clear the search',
  searchHint: 'Finds messages with all of the words in them, however long ago they were written.',
  searchHints: [
    ['"two words"', 'exactly in a row'],
    ['from:Mina', 'only what Mina wrote'],
  ],
  searchLooking: 'Searching…',
  searchOffline: 'You’re offline. The search goes on when you’re back.',
  hostRefused: 'The host couldn’t do that just now. Try again in a moment.',
  searchMore: 'Look further back',
  foundSoFar: (n: number) => plural(n, 'The newest message', 'The newest # messages'),
  foundAll: (n: number) => plural(n, '# message', '# messages'),
  foundNothing: (query: string) => `Nothing found for “${query}”.`,

  messageTools: 'Message actions',
  react: 'React',
  reply: 'Reply',
  edit: 'Edit',
  edited: '(edited)',
  saving: 'Saving…',
  reactions: 'Reactions',
  /** Oneself, at the beginning of a sentence. */
  reactedYou: 'You',
  whoReacted: 'Who reacted',
  reactedWith: (who: string, emoji: string) => `${who} reacted with ${emoji}`,
  earlierMessage: 'An earlier message',
  goneMessage: 'Message deleted',
  goneBy: (name: string) => `Deleted by ${name}`,
  goneByYou: 'Deleted by you',
  replyingTo: 'Replying to',
  cancelReply: 'Don’t reply to it',
  editing: 'Editing',
  editMessage: 'Edit message',
  cancelEdit: 'Stop editing',
  saveEdit: 'Save the change',
  deleteTitle: 'Delete this message?',
  deleteText: 'It will be gone for everyone, and from the host’s disk. This can’t be undone.',
  deleteOthersText: (name: string) =>
    `${name}’s message will be gone for everyone. The room will show that you deleted it.`,
  copyText: 'Copy text',
  copyCode: 'Copy code',
  copyTextFailed: 'Couldn’t copy. The message is selected, so that you can copy it yourself.',
  copyMessageLink: 'Copy link to this message',
  copyMessageLinkFailed: 'Couldn’t copy. This is the link:',
  showMore: 'Show more',
  showLess: 'Show less',

  sending: 'Sending…',
  waitingToSend: 'Waiting to be sent',
  notYet: (why: string) => `Not sent yet: ${why}. Snug keeps trying.`,
  notYetInTurn: 'Slow mode: it goes out by itself when it’s your turn.',
  troubles: {
    disk_full: 'the host’s disk is full',
    log_failed: 'the host couldn’t save it',
    log_damaged: 'the host’s copy of this room is damaged',
    slow_mode: 'the room is in slow mode',
    stopping: 'the host is closing the room',
  },
  tryNow: 'Try now',
  sent: 'Sent',
  notSent: 'Not sent',
  notDone: {
    edit: 'Not changed',
    deletion: 'Not deleted',
    reaction: 'Not added',
  },
  manyMessages: (n: number) => (n === 1 ? '1 message' : `${n.toLocaleString('en')} messages`),
  retry: 'Retry',
  delete: 'Delete',
  failures: {
    muted: 'the host has muted you',
    text_too_long: 'it’s too long for this room',
    files_lost: 'the page was loaded anew before its files were there',
    no_such_upload: 'the host lost its files',
    too_many_files: 'it has more files than this room takes',
    empty_message: 'there’s nothing in it',
    no_such_message: 'the message was deleted',
    not_yours: 'it’s someone else’s message',
    too_many_reactions: 'the message has as many reactions as it can',
    other: 'the room refused it',
  },

  attach: 'Attach files',
  attached: 'Files for your message',
  cantAttach: 'Files can’t be attached just now: the host is out of reach. Try again when you’re back.',
  dropTitle: 'Drop to attach',
  dropText: (room: string) => `They go with your message to ${room} when you send it.`,
  pasted: 'Pasted image',
  removeFile: (name: string) => `Remove ${name}`,
  retryFile: (name: string) => `Try again: ${name}`,
  fileWaiting: 'Waiting',
  fileProgress: (sent: string, all: string) => `${sent} of ${all}`,
  fileReady: 'Ready',
  filesFor: (n: number) => plural(n, '# file attached', '# files attached'),
  manyFiles: (n: number) => plural(n, '# file', '# files'),
  /** For those who listen. `files` are names, or how many; why not follows. */
  fileNews: {
    failed: (files: string) => `${files} can’t be sent`,
    held: (files: string) => `${files} not sent yet`,
    done: (files: string) => `${files} uploaded`,
  },
  fileHeld: 'Interrupted. It goes on by itself.',
  /** Each on the file's own card; Snug tries again by itself. */
  fileTroubles: {
    disk_full: 'The host’s disk is full. Snug keeps trying.',
    log_failed: 'The host couldn’t save it. Snug keeps trying.',
    too_many_uploads: 'Too many files are on their way. It waits.',
  },
  /** The same, for what only the person can mend. */
  fileFailures: {
    file_too_big: (most: string) => `Too big: ${most} at most here`,
    room_files_full: 'The room has no space left for files',
    unreadable: 'Can’t be read. Was it moved or changed?',
    folder: 'A folder can’t be sent. Pack it first.',
    lost: 'Lost when the page was reloaded',
    other: 'The room refused it',
  },
  lostFiles: (names: string) =>
    `The page was loaded anew, and files can’t be kept through that. Choose again: ${names}`,
  perishableFiles:
    'Files are still on their way. Keep this page open until they’re sent: a reload would lose them.',
  sendWithout: 'Send without them',
  sentFiles: (files: string) => `sent ${files}`,
  files: 'Files',
  kinds: { image: 'Picture', video: 'Video', audio: 'Audio', other: 'File' },
  saveFile: (name: string) => `Save ${name}`,
  savingFile: 'Saving…',
  savedFile: 'Saved',
  playFile: (name: string) => `Play ${name}`,
  stopFile: (name: string) => `Stop loading ${name}`,
  viewPicture: (name: string) => `View ${name}`,
  cantShow: 'Can’t be shown here',
  goneFile: 'The host no longer has this file',
  saveFailures: {
    unreachable: 'The host is out of reach. Try again when you’re back.',
    not_saved: 'Couldn’t be saved there',
    no_room_here: 'Your disk is full',
    other: 'Couldn’t be saved',
  },
  viewer: {
    title: 'Picture',
    earlier: 'Earlier picture',
    later: 'Later picture',
    actual: 'Actual size',
    fit: 'Fit the window',
    position: (at: number, of: number) => `${at} of ${of}`,
    loading: 'Loading…',
  },
  leaveTitle: 'Leave while files are on their way?',
  leaveText: 'They’ll be lost if you leave now. Your words will be kept.',
  stay: 'Stay',

  replaced: 'The host’s copy of this room was replaced. What you see now is what the host has.',
  joined: (names: string) => `${names} joined`,
  left: (names: string) => `${names} left`,
  renamed: (was: string, now: string) => `${was} is now ${now}`,
  youRenamed: (now: string) => `You are now ${now}`,
  youCalled: (now: string) => `You’re called ${now} here`,
  /** What a host did, and about whom: null is the one who reads it. */
  measures: {
    renamed: (by: string | null, name: string) => `${by ?? 'You'} renamed the room to “${name}”`,
    slowed: (by: string | null, every: string) =>
      `${by ?? 'You'} turned on slow mode: one message every ${every} for everyone but the host`,
    filesRuled: (by: string | null, most: string, days: number) =>
      `${by ?? 'You'} allowed files up to ${most}, kept ${days === 0 ? 'as long as the room' : plural(days, 'for # day', 'for # days')}`,
    quickened: (by: string | null) => `${by ?? 'You'} turned off slow mode`,
    removed: (by: string | null, of: string | null) => `${by ?? 'You'} removed ${of ?? 'you'}`,
    banned: (by: string | null, of: string | null) => `${by ?? 'You'} banned ${of ?? 'you'}`,
    unbanned: (by: string | null, of: string | null) => `${by ?? 'You'} lifted the ban on ${of ?? 'you'}`,
    appointed: (by: string | null, of: string | null) => `${by ?? 'You'} made ${of ?? 'you'} a host`,
    dismissed: (by: string | null, of: string | null) =>
      `${by ?? 'You'} took a host’s powers back from ${of ?? 'you'}`,
    muted: (by: string | null, of: string | null) => `${by ?? 'You'} muted ${of ?? 'you'}`,
    unmuted: (by: string | null, of: string | null) => `${by ?? 'You'} let ${of ?? 'you'} speak again`,
  },
  /** Below why one was put out. */
  decidedBy: (name: string) => `It was ${name} who did that.`,
  /** How often in slow mode. */
  every: (ms: number) => {
    const [n, unit] = inUnits(ms)
    return plural(n, unit, `# ${unit}s`)
  },
  mutedBar: (name: string) => `${name} has muted you. You can read along, and what you write is kept.`,
  /** The same where it is one of several to choose from. */
  pace: (ms: number) => {
    const [n, unit] = inUnits(ms)
    return plural(n, `# ${unit}`, `# ${unit}s`)
  },
  slowBar: (every: string) => `Slow mode: one message every ${every}.`,
  keepOrder: (name: string) => `What to do about ${name}`,
  /** Of whom no name is known. */
  somePeople: (n: number) => plural(n, 'Someone', '# people'),
  othersCount: (n: number) => plural(n, '# other', '# others'),

  message: 'Message',
  messageTo: (room: string) => `Message ${room}`,
  send: 'Send',
  suggestions: 'Suggestions',
  suggestionCount: (n: number) =>
    plural(n, '# suggestion. Enter takes it.', '# suggestions. Up and Down choose, Enter takes one.'),
  mentionsYou: 'Mentions you',
  answersYou: 'Answers you',
  addEmoji: 'Add emoji',
  emoji: 'Emoji',
  findEmoji: 'Find an emoji',
  noEmoji: 'No emoji found',
  emojiFound: 'Found',
  emojiRecent: 'Recently used',
  /** By Unicode's numbers. */
  emojiGroups: {
    0: 'Smileys and emotion',
    1: 'People and body',
    3: 'Animals and nature',
    4: 'Food and drink',
    5: 'Travel and places',
    6: 'Activities',
    7: 'Objects',
    8: 'Symbols',
    9: 'Flags',
  },
  tooLong: (over: number) => plural(over, '# character too long', '# characters too long'),
  charactersLeft: (n: number) => `${n.toLocaleString('en')} left`,
}

export type Widen<T> = T extends string
  ? string
  : T extends (...args: infer A) => string
    ? (...args: A) => string
    : T extends string[]
      ? string[]
      : T extends string[][]
        ? string[][]
        : { [K in keyof T]: Widen<T[K]> }

/** What a catalogue holds. */
export type Words = Widen<typeof en>
