import type { Words } from './en'

const number = (n: number) => n.toLocaleString('ko')

/** Names, or names and how many more: a number is called 님 by nobody. */
const subject = (names: string) => (/\d명$/.test(names) ? `${names}이` : `${names} 님이`)

/** A time in the largest unit it fills. */
const inUnits = (ms: number) =>
  ms < 60_000
    ? `${Math.ceil(ms / 1_000)}초`
    : ms < 3_600_000
      ? `${Math.ceil(ms / 60_000)}분`
      : `${Math.ceil(ms / 3_600_000)}시간`

// Written so that no particle has to fit a name: its last sound can't be told from its spelling.
export const ko: Words = {
  appName: 'Snug',
  tagline: '우리 네트워크 안의 아늑한 대화방',

  nickname: '이름',
  nicknameHint: '다른 사람에게 보일 이름',
  roomName: '방 이름',
  anonymous: '익명',
  roomOf: (nickname) => `${nickname}의 방`,
  myRoom: '내 방',

  hostTitle: '내 방 열기',
  hostLead: '이 컴퓨터가 대화방이 돼요. 같은 네트워크라면 앱이나 브라우저로 누구나 들어올 수 있어요.',
  hostButton: '방 열기',
  hosting: '방을 여는 중…',
  joinTitle: '방에 들어가기',
  joinLead: '받은 초대 링크를 붙여 넣으세요.',
  joinLink: '초대 링크',
  joinPlaceholder: 'http://192.168.1.20:7684/r/…',
  joinButton: '들어가기',
  notAnInvite:
    '초대 링크가 아니에요. http://192.168.1.20:7684/r/… 처럼 생긴 링크를 방장에게 다시 받아 보세요.',
  nearbyTitle: '가까운 방',
  nearbyLooking: '네트워크에서 방을 찾는 중…',
  nearbyNone:
    '찾은 방이 없어요. 기기끼리 서로 보이지 않게 하는 네트워크가 많아요. 초대 링크를 받거나 휴대폰으로 방의 QR 코드를 찍어 주세요.',
  nearbyDeaf:
    '이 컴퓨터에서는 방을 찾을 수 없어요. 네트워크에 연결되어 있지 않거나 무언가가 막고 있어요. 초대 링크는 그대로 쓸 수 있어요.',
  nearbyOpen: '네트워크의 누구나 들어올 수 있음',
  nearbyClosed: '방장이 들여보내 줘요',
  joinNamed: (room: string) => `${room} 들어가기`,
  recentTitle: '최근 방',
  hostAgain: '다시 열기',
  forget: (room) => `목록에서 ${room} 지우기`,
  recentHosted: '내가 연 방',
  recentJoined: '들어갔던 방',

  enterHostTitle: '방이 준비됐어요',
  enterHostLead: '이름을 정해 주세요. 방장으로 들어가서 사람을 들이고 방을 돌볼 수 있어요.',
  enterTitle: '초대받았어요',
  enterLead: '같은 네트워크에서 방이 열려 있어요. 이름을 정하고 들어오세요.',
  openInApp: '이 컴퓨터에 Snug가 있나요? 앱에서 열기',
  openedTitle: '이 방에 들어갈까요?',
  openedText: (address: string) => `${address}에 있는 방으로 가는 링크예요.`,
  openedLeaves: (room: string) => `${room} 방에서 나가게 돼요.`,
  openedStops: (room: string) => `${room} 방을 닫게 되고, 안에 있는 사람은 모두 연결이 끊겨요.`,
  enterButton: '방에 들어가기',
  enterBareTitle: '여기에 방이 있어요',
  enterBareLead: '이름을 정해 주세요. 모두에게 열린 방이 아니라면 방장이 허락해야 들어갈 수 있어요.',
  enterBareButton: '들어가도 되는지 물어보기',

  knockingTitle: '문 앞에서 기다리고 있어요',
  knockingText: '방장에게 알렸어요. 허락하면 바로 들어가니 이 화면을 닫지 마세요.',
  knockingAway: '지금은 방장이 자리에 없어요. 돌아오면 알게 되니 이 화면을 닫지 마세요.',
  knockingFor: (time) => `기다린 시간 ${time}`,
  knockInstead: '들어가도 되는지 물어보기',
  knockAgain: '다시 노크하기',
  enterAsGuest: '손님으로 들어가기',
  inTime: (what, time) => `${what} (${time} 뒤)`,
  nameTooLong: (most) => `이름이 너무 길어요. ${most}자까지 쓸 수 있어요.`,
  nicknameRefused: '이 방에서는 쓸 수 없는 이름이에요. 더 짧고 단순한 이름을 써 보세요.',

  entering: '들어가는 중…',
  tryAgain: '다시 시도',
  back: '뒤로',
  cancel: '취소',
  close: '닫기',
  save: '저장',

  refusals: {
    wrong_secret: {
      title: '이 링크로는 들어갈 수 없어요',
      text: '링크가 잘렸거나 더는 쓰이지 않아요. 방장에게 새 링크를 받거나, 들어가도 되는지 물어보세요.',
    },
    link_ended: {
      title: '기한이 끝난 링크예요',
      text: '정해진 시간이나 인원이 다 찼어요. 방장에게 다른 링크를 받거나, 들어가도 되는지 물어보세요.',
    },
    turned_away: {
      title: '방장이 들이지 않았어요',
      text: '실수인 것 같으면 직접 이야기해 보거나, 잠시 뒤 다시 노크해 보세요.',
    },
    door_quiet: {
      title: '지금은 여기서 노크할 수 없어요',
      text: '같은 네트워크 주소에서 온 노크를 방장이 여러 번 거절해서, 한동안 그 주소의 노크를 받지 않아요. 방장에게 받은 링크로는 들어올 수 있어요.',
    },
    no_answer: {
      title: '대답이 없었어요',
      text: '방장이 아직 보지 못했어요. 다시 노크할 수 있어요.',
    },
    removed: {
      title: '방장이 나를 내보냈어요',
      text: '쓰다가 보내지 못한 글은 여기에 남아 있어요. 노크를 하거나 링크로 다시 들어올 수 있어요.',
    },
    banned: {
      title: '방장이 이 기기를 차단했어요',
      text: '이 기기로는 이 방에 들어올 수 없어요. 실수라면 방장에게 차단을 풀어 달라고 해 보세요.',
    },
    room_locked: {
      title: '잠긴 방이에요',
      text: '지금은 새로운 사람이 들어갈 수 없어요. 잠금이 풀리면 바로 들어갈게요.',
    },
    too_many_tries: {
      title: '너무 여러 번 시도했어요',
      text: '낯선 사람이 알아맞히지 못하도록, 같은 곳에서 온 사람은 모두 잠시 기다려야 해요.',
    },
    too_many_waiting: {
      title: '문 앞에 사람이 많아요',
      text: '기다릴 자리가 없어요. 자리가 나면 대신 노크해 드릴게요.',
    },
    wrong_host_key: {
      title: '방장 링크가 맞지 않아요',
      text: '다른 방의 링크이거나 일부가 잘렸어요. 손님으로는 들어갈 수 있어요.',
    },
    no_such_room: {
      title: '여기에는 그런 방이 없어요',
      text: '컴퓨터는 응답했지만 이 방을 열고 있지 않아요. 방장에게 새 초대 링크를 받아 주세요.',
    },
    full: {
      title: '방이 가득 찼어요',
      text: '더 들어갈 자리가 없어요. 자리가 나는 대로 들어가게 해 드릴게요.',
    },
    too_many_from_here: {
      title: '같은 네트워크에서 너무 많이 들어와 있어요',
      text: '한곳에서 연결할 수 있는 수가 정해져 있어요. 하나가 닫히는 대로 들어가게 해 드릴게요. 다른 탭에 열려 있지는 않은지 확인해 주세요.',
    },
    bad_address: {
      title: '주소가 올바르지 않아요',
      text: '링크를 확인하거나 방장에게 다시 받아 주세요.',
    },
    unreachable: {
      title: '아직 방에 연결할 수 없어요',
      text: '방장과 같은 네트워크에 있는지, 방이 열려 있는지, 방화벽이 막고 있지 않은지 확인해 주세요.',
    },
    refused: {
      title: 'Snug 방이 아니에요',
      text: '이 주소에서 응답은 왔지만 Snug 방이 아니에요. 링크를 확인하거나 방장에게 다시 받아 주세요.',
    },
    unproven: {
      title: '다른 컴퓨터일 수 있어요',
      text: '방장이 있던 주소에서 응답이 왔지만, 이 방의 방장이라는 것을 확인할 수 없어서 아무것도 보내지 않았어요. 다른 네트워크에서는 같은 주소를 다른 사람이 써요. 지금 방이 있는 곳에 있고, 방장이 방을 다른 컴퓨터로 옮겼거나 백업에서 되돌렸다면 맞는 컴퓨터예요.',
    },
    bad_nickname: {
      title: '쓸 수 없는 이름이에요',
      text: '뒤로 가서 더 짧고 단순한 이름을 써 보세요.',
    },
    log_failed: {
      title: '방을 읽지 못하고 있어요',
      text: '방장 컴퓨터의 디스크에 문제가 있어요. 다시 읽을 수 있게 되면 바로 들어갈게요.',
    },
    log_damaged: {
      title: '방장 컴퓨터의 대화 기록이 손상됐어요',
      text: '기록 일부를 더는 읽을 수 없어요. 방장에게 방을 닫았다가 다시 열어 달라고 알려 주세요.',
    },
    stopping: {
      title: '방장이 방을 닫았어요',
      text: '방이 다시 열리면 바로 들어갈게요.',
    },
    other: {
      title: '방에 들어갈 수 없어요',
      text: '방장의 컴퓨터와 연결하는 데 문제가 있었어요. 잠시 뒤 다시 시도해 주세요.',
    },
  },
  keepsTrying: '계속 다시 시도하고 있어요…',

  shellErrors: {
    port_taken: {
      title: '방을 열 수 있는 포트가 없어요',
      text: 'Snug가 쓰려는 포트를 다른 프로그램이 쓰고 있어요. 그 프로그램을 닫거나 컴퓨터를 다시 시작해 주세요.',
    },
    data_not_writable: {
      title: '대화를 저장할 수 없어요',
      text: 'Snug 폴더에 쓸 수 없어요. 디스크에 빈 공간이 있는지, 쓰기 권한이 있는지 확인해 주세요.',
    },
    disk_full: {
      title: '디스크가 가득 찼어요',
      text: '빈 공간이 있어야 대화를 저장할 수 있어요. 필요 없는 것을 지우고 다시 시도해 주세요.',
    },
    data_foreign: {
      title: '저장된 방을 읽을 수 없어요',
      text: '방을 저장하는 자리에 Snug의 것이 아닌 파일이 있어요. 파일은 건드리지 않았으니, 옮기고 다시 시도해 주세요.',
    },
    data_newer: {
      title: '더 새로운 Snug로 만든 방이에요',
      text: '방은 그대로 두었어요. 최신 Snug를 설치하면 열 수 있어요.',
    },
    data_in_use: {
      title: 'Snug가 이미 열려 있어요',
      text: '다른 Snug가 저장된 방을 쓰고 있어요. 그 창을 닫고 다시 시도해 주세요.',
    },
    no_such_room: {
      title: '이 컴퓨터에 더는 없는 방이에요',
      text: '새 방을 열거나 목록에서 지워 주세요.',
    },
    bad_input: {
      title: '쓸 수 없는 이름이에요',
      text: '방 이름이나 내 이름을 더 짧고 단순하게 바꿔 보세요.',
    },
    io: {
      title: '실패했어요',
      text: '컴퓨터가 Snug에 필요한 작업을 거부했어요. 다시 시도하고, 계속되면 Snug를 다시 시작해 주세요.',
    },
  },

  people: '참여자',
  host: '방장',
  away: '자리 비움',
  typing: (name) => `${name} 님이 입력하는 중…`,
  typingBoth: (one, other) => `${one} 님과 ${other} 님이 입력하는 중…`,
  typingMany: '여러 명이 입력하는 중…',
  peopleCount: (n) => `${number(n)}명 참여 중`,
  morePeople: (n) => `외 ${number(n)}명`,
  you: '나',
  editNickname: '내 이름 바꾸기',

  invite: '초대',
  inviteTitle: '초대하기',
  inviteLead: '같은 네트워크에 있는 사람에게 링크를 보내거나 코드를 보여 주세요.',
  inviteLink: '초대 링크',
  copyLink: '링크 복사',
  copied: '복사했어요',
  copyFailed: '복사하지 못했어요. 링크를 선택해 두었으니 직접 복사해 주세요.',
  qrLabel: '초대 링크 QR 코드',
  otherAddresses: '이 컴퓨터의 다른 주소',
  useAddress: (address) => `${address} 쓰기`,
  showNearby: '가까운 사람에게 이 방 보여 주기',
  showNearbyNote: '이 네트워크의 Snug에 방 이름이 나와요. 들어오는 열쇠는 알려 주지 않아요.',
  address: '주소',

  doorTags: { open: '열린 방', locked: '잠긴 방' },

  knocksCount: (n) => `문 앞에 ${number(n)}명`,
  copyCommand: '명령어 복사',
  copyCommandFailed: '복사하지 못했어요. 명령어를 선택해 두었으니 직접 복사해 주세요.',
  machineName: '이 컴퓨터의 이름',
  verdicts: {
    looking: '다른 사람이 들어올 수 있는지 확인하는 중…',
    proven: { title: '다른 사람이 들어올 수 있어요', text: '이미 네트워크의 누군가가 들어왔어요.' },
    likely: {
      title: '아마 들어올 수 있을 거예요',
      text: '이 컴퓨터에서 막는 것을 찾지 못했어요. Wi-Fi가 기기끼리의 연결을 막는지는 여기서 알 수 없어요. 막는다면 다른 Wi-Fi나 휴대폰 핫스팟을 쓰세요.',
    },
    noNetwork: {
      title: '지금은 아무도 들어올 수 없어요',
      text: '이 컴퓨터가 네트워크에 연결되어 있지 않아요. Wi-Fi에 연결하거나 케이블을 꽂으면 링크가 저절로 바뀌어요.',
    },
    loopbackOnly: {
      title: '이 컴퓨터에서만 들어올 수 있어요',
      text: '이 컴퓨터에서만 들어올 수 있게 설정된 방이에요.',
    },
    onlyVirtual: {
      title: '아마 아무도 들어올 수 없어요',
      text: (adapter: string) =>
        `주소가 ${adapter}뿐인데, VPN이나 가상 어댑터의 주소예요. 손님이 쓰는 Wi-Fi나 케이블에 연결하세요.`,
    },
    noRouter: {
      title: '들어오지 못할 수도 있어요',
      text: '공유기에서 주소를 받지 못했어요. Wi-Fi에 다시 연결하거나 케이블을 확인하세요.',
    },
    tunnel: {
      title: 'VPN이 막고 있을 수도 있어요',
      text: (adapter: string) =>
        `모든 통신이 VPN(${adapter})을 거쳐요. 링크가 열리지 않으면 VPN을 잠시 끄거나 설정에서 로컬 네트워크를 허용하세요.`,
    },
    firewall: {
      title: (firewall: string) => `${firewall}이 막고 있을 수도 있어요`,
      text: '규칙이 손님을 들여보내는지는 여기서 알 수 없어요. 링크가 열리지 않으면',
    },
    blocked: {
      title: (firewall: string) => `${firewall}이 막고 있어요`,
      text: '이 컴퓨터에서 이 방의 포트를 막고 있어요.',
    },
    silent: {
      title: '이 컴퓨터가 응답하지 않아요',
      text: '이 주소로는 자기 자신에게도 연결되지 않아요. 방화벽이나 보안 프로그램이 막고 있을 거예요. Snug를 허용해 주세요.',
    },
    allow: {
      command: '터미널에 입력하면 들어올 수 있어요:',
      windows:
        'Windows 보안 > 방화벽 및 네트워크 보호 > ‘방화벽을 통해 앱 허용’에서 Snug의 ‘개인’에 체크하세요.',
      macos: '시스템 설정 > 네트워크 > 방화벽 > 옵션에서 Snug로 들어오는 연결을 허용하세요.',
    },
    firewalls: {
      ufw: 'ufw 방화벽',
      firewalld: 'firewalld 방화벽',
      nftables: 'nftables 방화벽',
      iptables: 'iptables 방화벽',
      windows: 'Windows 방화벽',
      macos: 'macOS 방화벽',
    },
  },
  virtualAdapter: '가상',
  loopbackAdapter: '이 컴퓨터 전용',
  moved: (from) =>
    `${from}번 포트를 다른 프로그램이 쓰고 있어서 초대 링크가 바뀌었어요. 전에 쓰던 링크는 열리지 않아요.`,
  movedFrom: (from, to) =>
    `${from}번 포트를 다른 프로그램이 쓰고 있어서 주소가 바뀌었어요(새 주소: ${to}). 전에 공유한 링크는 열리지 않아요.`,
  setAside: (kept, lost, file) =>
    `저장된 대화가 손상됐어요. 메시지 ${number(kept)}개는 남아 있어요${lost === 0 ? '' : `(적어도 ${number(lost)}개는 잃었어요)`}. 손상된 파일은 여기에 있어요: ${file}`,
  cantOpen: '링크가 열리지 않나요?',
  cantOpenTips: [
    '같은 네트워크에 있어야 해요. 손님용 Wi-Fi는 기기끼리 연결을 막는 경우가 많아요.',
    '이 컴퓨터의 방화벽에서 Snug를 허용해야 해요.',
    '이 컴퓨터의 주소가 여러 개라면 다른 주소를 써 보세요.',
  ],

  trayShow: 'Snug 창 열기',
  trayQuit: 'Snug 끝내기',
  closingTitle: '방은 계속 열려 있어요',
  closingText: (room: string) =>
    `창을 닫아도 Snug는 시계 옆에 남고 ${room} 방도 계속돼요. 거기서 창을 다시 열거나 방을 닫을 수 있어요.`,
  closingKeep: '방 계속 열어 두기',
  closingQuit: '방 닫고 끝내기',
  stopHosting: '방 닫기',
  stopTitle: '방을 닫을까요?',
  stopText: (n) => `다른 ${number(n)}명의 연결이 끊겨요. 대화는 그대로 남아 있고, 언제든 다시 열 수 있어요.`,
  keepHosting: '계속 열어 두기',
  leave: '나가기',
  menu: '설정',
  theme: '화면 모드',
  themes: { system: '시스템', light: '밝게', dark: '어둡게' },
  language: '언어',
  languageSystem: '시스템',
  notifyAbout: '알림 받기',
  notifyChoices: { all: '모든 메시지', mentions: '나를 부를 때', none: '받지 않음' },
  notifyReplies: '내 메시지에 달린 답장도 알려 드려요.',
  notifySound: '소리도 내기',
  notifyAllow: '알림 허용하기',
  notifyStates: {
    granted: '다른 화면을 보고 있을 때 알려 드려요.',
    askable: '이 방의 알림을 허용할지 브라우저가 물어볼 거예요.',
    denied: '브라우저가 이 방의 알림을 막고 있어요. 브라우저의 페이지 설정에서 허용할 수 있어요.',
    insecure: '브라우저는 https 페이지의 알림만 보여 줘요. Snug 앱을 쓰거나 소리를 켜 보세요.',
    unsupported: '이 브라우저는 알림을 보여 주지 못해요. 소리는 낼 수 있어요.',
  },
  newsOf: (what, room) => `${what} · ${room}`,

  exportOpen: '이 방 내보내기…',
  exportTitle: '이 방 내보내기',
  exportLead: '지금까지 나눈 대화를 모두 ZIP 파일 하나에 담아요.',
  exportParts: {
    page: '네트워크 없이도 아무 브라우저에서나 읽을 수 있는 페이지',
    data: '다른 프로그램을 위한 같은 내용의 데이터',
    files: '주고받은 파일',
  },
  exportNote:
    '지금 이 순간의 방이 담겨요. 삭제한 내용은 들어가지 않아요. 파일을 가진 사람은 누구나 내용을 모두 읽을 수 있어요.',
  exportButton: '내보내기',
  exportSaved: '브라우저가 저장하고 있어요.',
  exportSoFar: (size) => `지금까지 ${size}`,
  exportBusy: '지금은 방장 컴퓨터가 다른 내보내기를 하고 있어요. 잠시 뒤 다시 시도해 주세요.',

  connections: {
    online: '연결됨',
    connecting: '연결 중…',
    knocking: '문 앞에서 기다리는 중',
    offline: '오프라인',
    refused: '연결 안 됨',
  },
  offlineBar: '연결이 끊겼어요. 계속 다시 연결하고 있어요.',
  unprovenBar: (address) =>
    `방장의 주소를 다른 컴퓨터가 쓰고 있을 수 있어요. ${address}: 이 방의 방장인지 확인할 수 없어서 아무것도 보내지 않아요.`,
  trustHost: '맞는 컴퓨터예요',
  stoppingBar: '방장이 방을 닫았어요. 다시 열리면 바로 들어갈게요.',
  fullBar: '지금은 방이 가득 찼어요. 계속 시도하고 있어요.',
  troubleBar: '지금은 방장의 컴퓨터가 이 방을 읽지 못해요. 계속 시도하고 있어요.',
  waiting: (n) => `메시지 ${number(n)}개는 다시 연결되면 보낼게요.`,
  perishable:
    '이 브라우저가 입력한 메시지를 저장하지 못해요. 보낼 때까지 이 페이지를 닫지 마세요. 새로고침하면 사라져요.',
  relinked: '이 컴퓨터의 주소가 바뀌어서 초대 링크도 바뀌었어요.',
  elsewhere: '방장의 주소가 바뀌었을 수 있어요.',
  openThere: '새 주소에서 방 열기:',
  carried: '보내지 못한 메시지도 함께 가져가요.',
  leftBehind: (n: number) =>
    `메시지 ${n}개는 너무 길거나 파일 또는 수정이 들어 있어서 이 페이지에 남아요. 방장이 이 주소로 돌아오면 보내져요.`,
  brought: (n: number) => `이 링크로 가져온 메시지 ${n}개 보내기`,
  backOnline: '다시 연결됐어요.',

  log: '메시지',
  beginning: (room) => `여기서부터 ${room}의 대화가 시작돼요.`,
  emptyTitle: '아직 조용하네요',
  emptyHost: '사람들을 초대하고 인사를 건네 보세요. 대화는 모두 이 컴퓨터에만 남아요.',
  emptyGuest: '먼저 인사를 건네 보세요. 대화는 방장의 컴퓨터에만 남아요.',
  emptyInvite: '초대하기',
  loadingHistory: '이전 메시지를 불러오는 중…',
  newMessages: (n, more) => `새 메시지 ${number(n)}개${more ? ' 이상' : ''}`,
  toNewest: '최신 메시지로 이동',
  goToDay: '날짜로 이동',
  previousMonth: '이전 달',
  nextMonth: '다음 달',
  sought: {
    seeking: '메시지를 찾는 중…',
    missing: '이 방에 더는 없는 메시지예요.',
    failed: '방장의 컴퓨터가 지금은 찾지 못했어요. 잠시 뒤 다시 시도해 주세요.',
  },
  noon: ['오전', '오후'],
  today: '오늘',
  yesterday: '어제',

  search: '이 방에서 찾기',
  withKeys: (what, keys) => `${what}(${keys})`,
  searchResults: '찾은 메시지',
  clearSearch: '검색어 지우기',
  searchHint: '입력한 단어가 모두 들어 있는 메시지를 찾아요. 아무리 오래전에 쓴 글이라도 괜찮아요.',
  searchHints: [
    ['"두 단어"', '그대로 이어진 말'],
    ['from:민아', '민아가 쓴 것만'],
  ],
  searchLooking: '찾고 있어요…',
  searchOffline: '오프라인이에요. 다시 연결되면 이어서 검색할게요.',
  hostRefused: '지금은 방장 컴퓨터에서 할 수 없어요. 잠시 뒤 다시 시도해 주세요.',
  searchMore: '더 오래된 글 찾기',
  foundSoFar: (n) => `최근 메시지 ${n.toLocaleString('ko')}개`,
  foundAll: (n) => `메시지 ${n.toLocaleString('ko')}개`,
  foundNothing: (query) => `찾은 메시지가 없어요: ${query}`,

  messageTools: '메시지 메뉴',
  react: '반응 달기',
  reply: '답장',
  edit: '수정',
  edited: '(수정됨)',
  saving: '저장하는 중…',
  reactions: '반응',
  reactedYou: '나',
  whoReacted: '반응한 사람 보기',
  reactedWith: (who, emoji) => `${emoji} 반응: ${who}`,
  earlierMessage: '이전 메시지',
  goneMessage: '삭제된 메시지예요',
  goneBy: (name) => `${name} 님이 삭제한 메시지예요`,
  goneByYou: '내가 삭제한 메시지예요',
  replyingTo: '답장할 메시지',
  cancelReply: '답장 취소',
  editing: '수정 중',
  editMessage: '메시지 수정',
  cancelEdit: '수정 취소',
  saveEdit: '수정 저장',
  deleteTitle: '이 메시지를 삭제할까요?',
  deleteText: '모두에게서, 그리고 방장의 컴퓨터에서도 지워져요. 되돌릴 수 없어요.',
  deleteOthersText: (name) => `${name} 님의 메시지가 모두에게서 지워지고, 내가 삭제했다고 표시돼요.`,
  copyText: '텍스트 복사',
  copyCode: '코드 복사',
  copyTextFailed: '복사하지 못했어요. 메시지를 선택해 두었으니 직접 복사해 주세요.',
  copyMessageLink: '이 메시지 링크 복사',
  copyMessageLinkFailed: '복사하지 못했어요. 링크는 이거예요:',
  showMore: '더 보기',
  showLess: '접기',

  sending: '보내는 중…',
  waitingToSend: '보내기 대기 중',
  notYet: (why) => `아직 보내지 못했어요. ${why}. 계속 다시 시도할게요.`,
  notYetInTurn: '천천히 말하기가 켜져 있어요. 차례가 되면 저절로 보낼게요.',
  troubles: {
    disk_full: '방장 컴퓨터의 디스크가 가득 찼어요',
    log_failed: '방장의 컴퓨터가 저장하지 못했어요',
    log_damaged: '방장 컴퓨터에 있는 이 방의 기록이 손상됐어요',
    slow_mode: '천천히 말하기가 켜져 있어요',
    stopping: '방장이 방을 닫고 있어요',
  },
  tryNow: '지금 보내기',
  sent: '보냄',
  notSent: '보내지 못함',
  notDone: {
    edit: '수정하지 못했어요',
    deletion: '삭제하지 못했어요',
    reaction: '반응을 달지 못했어요',
  },
  manyMessages: (n) => `메시지 ${number(n)}개`,
  retry: '다시 보내기',
  delete: '삭제',
  failures: {
    muted: '방장이 말할 수 없게 했어요',
    text_too_long: '이 방에서 보내기에는 너무 길어요',
    files_lost: '파일을 다 보내기 전에 페이지를 새로 불러왔어요',
    no_such_upload: '방장의 컴퓨터에서 파일이 사라졌어요',
    too_many_files: '이 방에서 한 번에 보낼 수 있는 파일보다 많아요',
    empty_message: '내용이 없어요',
    no_such_message: '삭제된 메시지예요',
    not_yours: '다른 사람의 메시지예요',
    too_many_reactions: '이 메시지에는 반응을 더 달 수 없어요',
    other: '방에서 거부했어요',
  },

  attach: '파일 첨부',
  attached: '메시지에 첨부한 파일',
  cantAttach: '방장의 컴퓨터에 연결되지 않아 지금은 파일을 첨부할 수 없어요. 다시 연결되면 해 보세요.',
  dropTitle: '여기에 놓아 첨부하기',
  dropText: (room) => `${room}에 메시지를 보낼 때 함께 보내요.`,
  pasted: '붙여 넣은 이미지',
  removeFile: (name) => `${name} 빼기`,
  retryFile: (name) => `다시 시도: ${name}`,
  fileWaiting: '대기 중',
  fileProgress: (sent, all) => `${all} 중 ${sent}`,
  fileReady: '준비됨',
  filesFor: (n) => `파일 ${number(n)}개 첨부됨`,
  manyFiles: (n) => `파일 ${number(n)}개`,
  fileNews: {
    failed: (files) => `${files}, 보낼 수 없어요`,
    held: (files) => `${files}, 아직 보내지 못했어요`,
    done: (files) => `${files}, 다 올렸어요`,
  },
  fileHeld: '연결이 끊겼어요. 이어서 보낼게요.',
  fileTroubles: {
    disk_full: '방장 컴퓨터의 디스크가 가득 찼어요. 계속 시도할게요.',
    log_failed: '방장의 컴퓨터가 저장하지 못했어요. 계속 시도할게요.',
    too_many_uploads: '보내는 파일이 너무 많아요. 차례를 기다려요.',
  },
  fileFailures: {
    file_too_big: (most) => `너무 커요. 파일 하나에 ${most}까지예요`,
    room_files_full: '이 방에 파일을 더 둘 자리가 없어요',
    unreadable: '읽을 수 없어요. 파일이 옮겨졌거나 바뀌었나요?',
    folder: '폴더는 보낼 수 없어요. 압축해서 보내 주세요.',
    lost: '새로고침하면서 사라졌어요',
    other: '방에서 거부했어요',
  },
  lostFiles: (names) => `페이지를 새로 불러와서 첨부한 파일이 사라졌어요. 다시 골라 주세요: ${names}`,
  perishableFiles:
    '아직 파일을 보내는 중이에요. 다 보낼 때까지 이 페이지를 닫지 마세요. 새로고침하면 사라져요.',
  sendWithout: '파일 없이 보내기',
  sentFiles: (files) => `보낸 파일: ${files}`,
  files: '파일',
  kinds: { image: '사진', video: '동영상', audio: '소리 파일', other: '파일' },
  saveFile: (name) => `${name} 저장`,
  savingFile: '저장하는 중…',
  savedFile: '저장했어요',
  playFile: (name) => `${name} 재생`,
  stopFile: (name) => `${name} 불러오기 멈추기`,
  viewPicture: (name) => `${name} 크게 보기`,
  cantShow: '여기서는 볼 수 없어요',
  goneFile: '방장의 컴퓨터에 더는 없는 파일이에요',
  saveFailures: {
    unreachable: '방장의 컴퓨터에 연결되지 않아요. 다시 연결되면 해 보세요.',
    not_saved: '그곳에는 저장하지 못했어요',
    no_room_here: '내 디스크가 가득 찼어요',
    other: '저장하지 못했어요',
  },
  viewer: {
    title: '사진',
    earlier: '이전 사진',
    later: '다음 사진',
    actual: '실제 크기',
    fit: '창에 맞추기',
    position: (at, of) => `${number(of)}장 중 ${number(at)}번째`,
    loading: '불러오는 중…',
  },
  leaveTitle: '파일을 보내는 중인데 나갈까요?',
  leaveText: '지금 나가면 보내던 파일이 사라져요. 입력한 글은 남아 있어요.',
  stay: '계속 있기',

  replaced: '방장의 컴퓨터에 있는 대화 기록이 바뀌었어요. 지금 보이는 것이 방장이 가진 기록이에요.',
  joined: (names) => `${subject(names)} 들어왔어요`,
  left: (names) => `${subject(names)} 나갔어요`,
  renamed: (was, now) => `${was} 님이 이름을 바꿨어요: ${now}`,
  youRenamed: (now) => `내 이름을 바꿨어요: ${now}`,
  youCalled: (now) => `여기서 쓰이는 내 이름: ${now}`,
  measures: {
    renamed: (by, name) => `${by === null ? '내가' : `${by} 님이`} 방 이름을 바꿨어요: ${name}`,
    slowed: (by, every) =>
      `${by === null ? '내가' : `${by} 님이`} 천천히 말하기를 켰어요: 방장 말고는 ${every}에 한 번`,
    filesRuled: (by, most, days) =>
      `${by === null ? '내가' : `${by} 님이`} 파일을 ${most}까지, ${days === 0 ? '방이 있는 동안' : `${number(days)}일 동안`} 보관하기로 했어요`,
    quickened: (by) => `${by === null ? '내가' : `${by} 님이`} 천천히 말하기를 껐어요`,
    removed: (by, of) =>
      `${by === null ? '내가' : `${by} 님이`} ${of === null ? '나를' : `${of} 님을`} 내보냈어요`,
    banned: (by, of) =>
      `${by === null ? '내가' : `${by} 님이`} ${of === null ? '나를' : `${of} 님을`} 차단했어요`,
    unbanned: (by, of) =>
      `${by === null ? '내가' : `${by} 님이`} ${of === null ? '내' : `${of} 님의`} 차단을 풀었어요`,
    appointed: (by, of) =>
      `${by === null ? '내가' : `${by} 님이`} ${of === null ? '나를' : `${of} 님을`} 방장으로 정했어요`,
    dismissed: (by, of) =>
      `${by === null ? '내가' : `${by} 님이`} ${of === null ? '내' : `${of} 님의`} 방장 권한을 거뒀어요`,
    muted: (by, of) =>
      `${by === null ? '내가' : `${by} 님이`} ${of === null ? '나를' : `${of} 님을`} 말할 수 없게 했어요`,
    unmuted: (by, of) =>
      `${by === null ? '내가' : `${by} 님이`} ${of === null ? '나를' : `${of} 님을`} 다시 말할 수 있게 했어요`,
  },
  decidedBy: (name) => `${name} 님이 한 일이에요.`,
  every: inUnits,
  mutedBar: (name) => `${name} 님이 말할 수 없게 했어요. 읽을 수는 있고, 쓴 글은 남아 있어요.`,
  pace: inUnits,
  slowBar: (every) => `천천히 말하기: ${every}에 한 번 보낼 수 있어요.`,
  keepOrder: (name) => `${name} 님에 대해 할 일`,
  somePeople: (n) => `${number(n)}명`,
  othersCount: (n) => `외 ${number(n)}명`,

  message: '메시지',
  messageTo: (room) => `${room}에 메시지 보내기`,
  send: '보내기',
  suggestions: '추천 목록',
  suggestionCount: (n) => `추천 ${number(n)}개. 위아래 화살표로 고르고 Enter로 넣으세요.`,
  mentionsYou: '나를 부른 메시지',
  answersYou: '내 메시지에 단 답장',
  addEmoji: '이모지 넣기',
  emoji: '이모지',
  findEmoji: '이모지 찾기',
  noEmoji: '찾는 이모지가 없어요',
  emojiFound: '검색 결과',
  emojiRecent: '최근에 쓴 이모지',
  emojiGroups: {
    0: '표정과 감정',
    1: '사람과 몸',
    3: '동물과 자연',
    4: '음식과 음료',
    5: '여행과 장소',
    6: '활동',
    7: '사물',
    8: '기호',
    9: '깃발',
  },
  tooLong: (over) => `${number(over)}자 넘었어요`,
  charactersLeft: (n) => `${number(n)}자 남음`,
}
