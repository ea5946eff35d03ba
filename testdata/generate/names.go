package main

// people is how the clients of one country are called, write their numbers and spell their country.
type people struct {
	code      string
	share     int // of 1000 clients
	surnames  []string
	given     []string
	latin     []string // one per given name, for mail addresses
	joined    bool     // family name first, written without a space
	spellings []string // of the country; the first is the usual one
	cities    []string
	streets   []string
	dial      string
	phone     string // pattern, # is a digit of the client's own number
}

var countries = []people{
	{code: "KR", share: 620, joined: true, dial: "+82",
		surnames:  []string{"남궁", "류", "문", "배", "백", "서", "신", "오", "전", "차", "하", "홍"},
		given:     []string{"가람", "나래", "다온", "도윤", "라온", "미르", "보람", "새론", "세진", "소담", "수현", "아라", "예린", "은솔", "지안", "찬솔", "태오", "하람", "한별", "해린"},
		latin:     []string{"garam", "narae", "daon", "doyun", "raon", "mir", "boram", "saeron", "sejin", "sodam", "suhyeon", "ara", "yerin", "eunsol", "jian", "chansol", "taeo", "haram", "hanbyeol", "haerin"},
		spellings: []string{"South Korea", "Republic of Korea", "SOUTH KOREA", "KR", "대한민국"},
		cities:    []string{"서울", "부산", "인천", "대구", "성남", "제주"},
		streets:   []string{"달빛로 %d", "은하수길 %d, %d호", "너른들로 %d\n별관 %d층", "솔바람길 %d"},
		phone:     "010-####-####"},
	{code: "CN", share: 110, joined: true, dial: "+86",
		surnames:  []string{"蓝", "沈", "陆", "白", "江", "云"},
		given:     []string{"星河", "若溪", "景行", "知夏", "明远", "语晨"},
		latin:     []string{"xinghe", "ruoxi", "jingxing", "zhixia", "mingyuan", "yuchen"},
		spellings: []string{"China", "CHINA", "People's Republic of China"},
		cities:    []string{"上海", "北京", "成都"}, streets: []string{"星光路%d号", "听雨巷%d号%d室"}, phone: "18#########"},
	{code: "JP", share: 90, joined: true, dial: "+81",
		surnames:  []string{"水城", "月岡", "白鳥", "雨宮", "花房"},
		given:     []string{"灯里", "湊", "紬", "律", "千景"},
		latin:     []string{"akari", "minato", "tsumugi", "ritsu", "chikage"},
		spellings: []string{"Japan", "JAPAN", "JP"},
		cities:    []string{"東京", "京都", "大阪"}, streets: []string{"月見町%d-%d", "風鈴坂%d-%d"}, phone: "090-####-####"},
	{code: "FR", share: 40, dial: "+33",
		surnames:  []string{"Aubrelle", "Castelmont", "Delorge", "Fontrevert", "Saint-Ervan"},
		given:     []string{"Élodie", "Maël", "Noémie", "Rémi", "Solène"},
		latin:     []string{"elodie", "mael", "noemie", "remi", "solene"},
		spellings: []string{"France", "FRANCE"},
		cities:    []string{"Paris", "Lyon", "Nice"}, streets: []string{"%d rue des Lanternes", "%d quai du Levant"}, phone: "06 ## ## ## ##"},
	{code: "US", share: 45, dial: "+1",
		surnames:  []string{"Ashgrove", "Fairholt", "Merriden", "Wexcombe"},
		given:     []string{"Avery", "Jordan", "Morgan", "Quinn", "Rowan"},
		latin:     []string{"avery", "jordan", "morgan", "quinn", "rowan"},
		spellings: []string{"United States", "USA", "united states"},
		cities:    []string{"New York", "Seattle", "Austin"}, streets: []string{"%d Juniper Walk", "%d Old Harbor Rd, Apt %d"}, phone: "(###) ###-####"},
	{code: "HK", share: 35, dial: "+852",
		surnames:  []string{"Auyeung", "Kwong", "Szeto", "Yuen"},
		given:     []string{"Ka Yan", "Lok Hei", "Sze Wing", "Tsz Kin"},
		latin:     []string{"kayan", "lokhei", "szewing", "tszkin"},
		spellings: []string{"Hong Kong", "HONG KONG", "Hong Kong SAR"},
		cities:    []string{"Central", "Kowloon"}, streets: []string{"Flat %d, %d Lantern Street", "%d Pearl Steps"}, phone: "9### ####"},
	{code: "TW", share: 35, joined: true, dial: "+886",
		surnames:  []string{"方", "溫", "簡", "游"},
		given:     []string{"子晴", "冠霖", "品妍", "宥辰"},
		latin:     []string{"tzu-ching", "kuan-lin", "pin-yen", "yu-chen"},
		spellings: []string{"Taiwan", "TAIWAN"},
		cities:    []string{"台北市", "台中市"}, streets: []string{"星湖路%d號", "望月街%d號%d樓"}, phone: "09##-###-###"},
	{code: "SG", share: 25, dial: "+65",
		surnames:  []string{"Seah", "Toh", "Quek", "Ng"},
		given:     []string{"Hui Min", "Jia Hao", "Wei Ling", "Zhi Xuan"},
		latin:     []string{"huimin", "jiahao", "weiling", "zhixuan"},
		spellings: []string{"Singapore", "SINGAPORE"},
		cities:    []string{"Singapore"}, streets: []string{"%d Orchid Rise #%d-01", "Blk %d Lantern Ave"}, phone: "8### ####"},
}

// countryOf finds the country a spelling stands for; "" when it is none of ours.
func countryOf(spelling string) string {
	for _, p := range countries {
		for _, s := range p.spellings {
			if s == spelling {
				return p.code
			}
		}
	}
	return ""
}

var (
	mailDomains = []string{"qmail.example", "post.example", "hanmail.example", "mailbox.example"}
	occupations = []string{"Physician", "Attorney", "Architect", "Executive", "Student", "Professor", "Designer"}
	tiers       = []string{"Prestige", "Signature", "Classic"}
	boutiques   = []string{"한남 본점", "송도 센트럴", "해운대 마린", "제주 공항점", "Ginza Annex"}
	goods       = []string{"Velmorin Nocturne Watch", "Lune Pendant", "Sablier Bag 28", "Éclipse Ring 0.7ct", "Marée Silk Carré"}
	subjects    = []string{"수선 문의", "환불 요청", "REFUND request", "Gravure du fermoir", "시계 배터리 교체", "예약 변경", "配送について", "Appraisal letter"}
	origins     = []string{"LINE", "KakaoTalk", "Phone", "Web", "Boutique"}
	statuses    = []string{"Closed", "Closed", "Closed", "New", "Working", "Escalated"}
	corpFirst   = []string{"가온누리", "은하", "너울", "솔내", "Northlight", "Harborview", "미리내", "Silverfen"}
	corpSecond  = []string{"상사", "물산", "Holdings", "디자인", "Partners", "건축"}
)
