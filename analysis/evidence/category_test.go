package evidence_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/breachscope/breachscope/analysis/evidence"
)

// TestCategories: headers as retailers' CRMs have them, in five languages, and columns that hold nothing of a person.
func TestCategories(t *testing.T) {
	b := newBench(t)
	for i, c := range []struct{ category, fields string }{
		{"name", "성명,고객명,한글이름,영문이름,회원명,수령인,수취인명,대표자명,FULL_NAME__C,Nom,Prénom,Nom de jeune fille,Nom d'usage,姓名,客户姓名,收货人,收件人姓名,会员姓名,氏名,お名前,フリガナ,セイ,メイ,姓カナ,ローマ字氏名,Given_Name__c,Recipient__c,FirstNameKana,fullname"},
		{"contact", "휴대폰번호,핸드폰,연락처1,자택전화,이메일주소,카카오톡ID,手机号码,联系电话,微信号,WeChat_OpenID__c,LINE_ID__c,携帯番号,ご連絡先,メールアドレス,Courriel,Téléphone portable,Tél. domicile,Adresse e-mail,emailaddress1,telephone1,Mobile__c,WhatsApp__c"},
		{"birth_gender_nationality", "생년월일,출생년도,음력생일,성별,국적,내외국인구분,Date de naissance,Sexe,Nationalité,Civilité,出生日期,性别,国籍,年龄,生年月日,性別,お誕生日,Birth_Month__c,DOB__c,Gender__c,결혼여부"},
		{"government_id", "주민등록번호,주민번호_뒷자리,외국인등록번호,여권번호,운전면허번호,passport_no__c,身份证号码,护照号,港澳通行证,マイナンバー,パスポート番号,Numéro de passeport,Carte d'identité,National_ID__c,Tax_ID__c,CI값,연계정보(CI)"},
		{"postal_address", "주소,자택주소,상세주소,우편번호,배송지,시/도,收货地址,邮政编码,省份,城市,区县,住所,郵便番号,都道府県,番地,お届け先,Adresse de livraison,Code postal,Ville,Pays,address1_line1,address1_postalcode,address2_city,MailingStreet"},
		{"customer_id", "고객번호,회원번호,멤버십번호,VIP번호,고객ID,会员编号,会员卡号,客户编号,会員番号,顧客コード,Numéro client,N° client,Customer_No__c,Loyalty_Card_Number__c,Member_ID__c"},
		{"purchase_profile", "최근구매일,누적구매금액,고객등급,선호브랜드,신발사이즈,담당매장,Total_Spend__c,累计消费金额,会员等级,首次购买日期,偏好品牌,购买历史,購入履歴,会員ランク,ご購入金額,Montant total des achats,Taille de bague,Boutique préférée,Wish_List__c,LTV__c"},
		{"financial", "카드번호,계좌번호,환불계좌,예금주,银行卡号,支付宝账号,口座名義,クレジットカード番号,IBAN,RIB,Card_Last4__c"},
		{"health", "알러지,건강상태,过敏信息,アレルギー,Allergies,장애여부"},
		{"credentials", "비밀번호,패스워드,密码,パスワード,Mot de passe,Password_Hash__c"},
		{"free_text", "상담내용,고객메모,특이사항,备注,备考,メモ,ご要望,Commentaire,Remarques,Notes__c,Description"},
		{"location_online", "접속IP,Last_Login_IP__c,기기ID,Device_ID__c,IPアドレス,Adresse IP"},
		{"", "statuscode,작성자,수정일,등록일,생성일자,CreatedDate,マーケティング同意,수신동의여부,Opt_In__c,HasOptedOutOfEmail,EmailBouncedDate,마케팅수신동의일,更新日,作成日,创建时间,更新时间,Date de création,Record_Type__c,IsActive,LastModifiedById,Data_Source__c,versionnumber,exchangerate,parentcustomeridname,File_Name__c,SMS_Agree__c"},
	} {
		fields := strings.Split(c.fields, ",")
		b.mustAdd(evidence.Options{}, b.write(fmt.Sprintf("T%d__c.csv", i), "Id,"+strings.Join(fields, ",")+"\na005g000008pz1l"+strings.Repeat(",", len(fields))+"\n"))
		for _, row := range b.query("SELECT field, category FROM snapshot.field WHERE object = ? AND position > 1", fmt.Sprintf("T%d__c", i)) {
			if row[1] != c.category {
				t.Errorf("%s is %q, want %q", row[0], row[1], c.category)
			}
		}
	}
}
