"""The sixteen needs a directory of help is sorted by, and words that people and other directories have for them.

The words are for searching and for sorting what came without our codes; residents never read them."""

import functools
import re

from bot.text.fold import fold

# English first: names of categories elsewhere are matched with these. Then es, zh, vi, ko, tl, ar, ht, ru, pt, fr.
NEED_WORDS = {
    "food": (
        "food, groceries, meal, meals, pantry, food bank, soup kitchen, hungry, nutrition, food stamps",
        "comida, alimentos, despensa, hambre; 食物, 食品, 吃饭, 粮食; thức ăn, thực phẩm, đói; 음식, 식품, 식량; pagkain, gutom;"
        " طعام, غذاء; manje, grangou; еда, продукты, питание; comida, alimentos, fome; nourriture, repas, faim",
    ),
    "shelter": (
        "shelter, housing, rent, bed, homeless, apartment, landlord, eviction, tenant, room",
        "refugio, vivienda, alquiler, renta, desalojo; 住房, 租房, 庇护所, 收容所; chỗ ở, nhà ở, tiền thuê; 주거, 쉼터, 월세;"
        " tirahan, upa; مأوى, سكن, إيجار; kay, lwaye, abri; жильё, приют, аренда; moradia, aluguel, abrigo;"
        " logement, loyer, hébergement",
    ),
    "immigration_lawyer": (
        "immigration, immigrant, visa, asylum, green card, citizenship, deportation, naturalization",
        "inmigración, migración, asilo, abogado de inmigración; 移民, 移民律师, 庇护, 绿卡; di trú, nhập cư, luật sư di trú;"
        " 이민, 이민 변호사, 망명; imigrasyon; هجرة, لجوء, محامي هجرة; imigrasyon, avoka imigrasyon; иммиграция, убежище;"
        " imigração, asilo; immigration, asile",
    ),
    "safety_at_home": (
        "domestic violence, abuse, safe home, restraining order, protective order, batterer",
        "violencia doméstica, maltrato, abuso; 家暴, 家庭暴力; bạo lực gia đình, bạo hành; 가정폭력; pang-aabuso, karahasan;"
        " عنف أسري, عنف منزلي; vyolans nan kay, abi; домашнее насилие; violência doméstica; violence conjugale",
    ),
    "health": (
        "health, doctor, clinic, medical, dentist, dental, medicine, hospital, pregnancy, pharmacy, vaccine",
        "médico, doctor, clínica, salud, dentista, embarazo; 医生, 诊所, 看病, 医院, 牙医; bác sĩ, phòng khám, sức khỏe, nha sĩ;"
        " 의사, 병원, 건강, 치과; doktor, klinika, kalusugan; طبيب, عيادة, صحة; doktè, klinik, sante; врач, клиника, больница;"
        " médico, saúde, clínica; médecin, santé, dentiste",
    ),
    "mental_health": (
        "mental health, counseling, counselling, therapy, stress, anxiety, depression, psychologist, support group",
        "salud mental, consejería, psicólogo, ansiedad; 心理, 心理咨询, 抑郁; tâm lý, tâm thần, trầm cảm; 정신 건강, 상담, 우울증;"
        " kalusugan ng isip; صحة نفسية, اكتئاب; sante mantal; психолог, депрессия; saúde mental, psicólogo;"
        " santé mentale, psychologue",
    ),
    "english": (
        "english, english class, esl, literacy, language class, ged, adult education",
        "clases de inglés, inglés; 英语, 英文课; tiếng anh, lớp tiếng anh; 영어, 영어 수업; ingles; إنجليزية, دروس إنجليزية;"
        " angle, kou angle; английский, курсы английского; inglês, aulas de inglês; anglais, cours d'anglais",
    ),
    "translation": (
        "translation, interpreter, interpreting, translator",
        "traducción, intérprete, traductor; 翻译, 口译; dịch, thông dịch, phiên dịch; 통역, 번역; tagasalin, pagsasalin;"
        " ترجمة, مترجم; tradiksyon, entèprèt; перевод, переводчик; tradução, intérprete; traduction, interprète",
    ),
    "work": (
        "work, job, jobs, employment, wages, unpaid, career, job training, unemployment",
        "trabajo, empleo, sueldo, salario; 工作, 找工作, 工资, 就业; việc làm, công việc, tiền lương; 일자리, 취업, 임금;"
        " trabaho, sahod; عمل, وظيفة, أجور; travay, djòb, salè; работа, зарплата; trabalho, emprego, salário;"
        " travail, emploi, salaire",
    ),
    "school": (
        "school, child care, childcare, day care, preschool, homework, tutoring, after school, youth",
        "escuela, guardería, cuidado de niños, tarea; 学校, 托儿, 幼儿园, 孩子上学; trường học, giữ trẻ, nhà trẻ; 학교, 어린이집, 보육;"
        " paaralan, eskwela; مدرسة, حضانة; lekòl, gadri; школа, детский сад; escola, creche; école, garderie",
    ),
    "crime_victims": (
        "crime victim, victims, victim assistance, compensation, advocate",
        "víctima, víctimas del crimen; 受害者, 犯罪受害人; nạn nhân; 피해자, 범죄 피해자; biktima; ضحية, ضحايا; viktim;"
        " жертва, пострадавший; vítima; victime",
    ),
    "papers": (
        "id, identification, passport, birth certificate, documents, driver license, consulate, notary",
        "identificación, pasaporte, acta de nacimiento, consulado, documentos; 证件, 护照, 身份证, 领事馆;"
        " giấy tờ, hộ chiếu, giấy khai sinh; 신분증, 여권, 영사관; dokumento, pasaporte; هوية, جواز سفر, قنصلية;"
        " papye, paspò, batistè; паспорт, документы, консульство; documentos, passaporte; papiers, passeport, consulat",
    ),
    "transport": (
        "transport, transportation, bus, ride, rides, transit, driving class",
        "transporte, autobús, camión; 交通, 公交, 坐车; đi lại, xe buýt; 교통, 버스; sakay, bus; مواصلات, حافلة;"
        " transpò, otobis; транспорт, автобус; transporte, ônibus; transport, bus",
    ),
    "money": (
        "money, bills, taxes, tax, cash, benefits, loan, debt, utility, financial",
        "dinero, facturas, impuestos, recibos; 钱, 账单, 报税, 水电费; tiền, hóa đơn, thuế; 돈, 세금, 공과금; pera, bayarin, buwis;"
        " مال, فواتير, ضرائب; lajan, bòdwo, taks; деньги, счета, налоги; dinheiro, contas, impostos;"
        " argent, factures, impôts",
    ),
    "elder_disability": (
        "senior, seniors, older adult, older adults, elder, elderly, disability, disabled, wheelchair, caregiver",
        "ancianos, adultos mayores, discapacidad; 老人, 长者, 残疾; người cao tuổi, khuyết tật; 노인, 어르신, 장애;"
        " matatanda, kapansanan; كبار السن, إعاقة; granmoun, andikap; пожилые, инвалид; idosos, deficiência;"
        " personnes âgées, handicap",
    ),
    "lawyer": (
        "lawyer, legal, attorney, court, law, divorce, custody, legal aid",
        "abogado, legal, corte, divorcio; 律师, 法律, 法院, 离婚; luật sư, pháp lý, tòa án; 변호사, 법률, 법원; abogado, korte;"
        " محامي, محكمة, قانون; avoka, tribinal; адвокат, юрист, суд; advogado, tribunal; avocat, juridique, tribunal",
    ),
}


@functools.cache
def words_of(need: str) -> str:
    """All words for a need, to be searched by; the code itself if it is none of ours."""
    english, others = NEED_WORDS.get(need, (need.replace("_", " "), ""))
    return f"{english}, {others}"


def guess(text: str) -> tuple[str, ...]:
    """Needs that the words of a category or a name point to, in English; in the order of the table. Never a lawyer:
    who may give legal advice is for a person to say."""
    folded = f" {fold(text)} "
    return tuple(need for need, pattern in _patterns().items() if pattern.search(folded))


@functools.cache
def _patterns() -> dict[str, re.Pattern[str]]:
    def pattern(words: str) -> re.Pattern[str]:
        return re.compile(" (?:" + "|".join(re.escape(fold(word)) for word in words.split(",")) + ") ")

    return {need: pattern(english) for need, (english, _) in NEED_WORDS.items() if "lawyer" not in need}
