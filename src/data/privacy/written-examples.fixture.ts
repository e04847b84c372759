/**
 * Short texts written by hand: values as people write them, and what only looks like one.
 * @module
 */

/** Text and the one kind that it holds, written by hand. */
export const personal = `My social is 219-09-9999|national_id
Employee SSN# 536-22-1847|national_id
Social Security No. 536221847|national_id
Soc. Sec. No.: 536 22 1847|national_id
Taxpayer ID (SSN): 536-22-1847|national_id
NHS Number 9434765919 was used|national_id
patient (NHS 943-476-5919)|national_id
national insurance no AB123456C|national_id
Burgerservicenummer 123456782|national_id
met BSN 123456782 ingeschreven|national_id
Número de DNI 12.345.678-Z|national_id
con D.N.I. número 12345678Z y domicilio|national_id
C.F. RSS MRA 85T10 A562S|national_id
codice fiscale: rssmra85t10a562s|national_id
Steuerliche Identifikationsnummer: 86 095 742 719|national_id
Tax-ID 86095742719|national_id
N° de sécurité sociale : 2 55 08 14 168 025 38|national_id
numéro INSEE 255081416802538|national_id
PESEL: 44051401359, zamieszkały|national_id
Personnummer: 19811218-9876|national_id
AHV-Nr. 7569217076985|national_id
my aadhaar card number is 2341-2341-2346|national_id
inscrito no CPF sob o nº 529.982.247-25|national_id
CPF: 52998224725|national_id
SIN 130 692 544|national_id
Social insurance number (SIN): 130-692-544|national_id
Tax file number is 123456782|national_id
Medicare No: 2123 45670 1|national_id
Ring me on 07700 900123|phone
Mob: 07700900123|phone
T: +44 (0) 20 7946 0958|phone
T 020 7946 0958|phone
P: (415) 555-2671|phone
Ph. 415.555.2671|phone
Contact: Jane Roe (415) 555-2671 ext 55|phone
Dial 1 (800) 555-0199|phone
+1-800-555-0199|phone
+14155552671|phone
tel:+1-415-555-2671|phone
Telephone: 44 20 7946 0958|phone
Telefon: +49 (0) 30 / 123 456-78|phone
Tel. 0 30 / 12 34 56|phone
Fon: 089-1234567|phone
Handynr. 01701234567|phone
Telefax: 06221 123456|phone
Mobil 0170/1234567|phone
Tel: 01 42 68 53 00|phone
Portable : 06 12 34 56 78|phone
0033 1 42 68 53 00|phone
+33142685300|phone
Móvil 612345678|phone
Tlf. 91 123 45 67|phone
Tfno: 912345678|phone
tel. 06 69812345|phone
cell. +39 347 123 4567|phone
cellulare 3471234567|phone
Tel. 010 - 123 45 67|phone
mobiel 0612345678|phone
Natel 079 123 45 67|phone
Tel. 01/5123456|phone
Mobile no. +91-9876543210|phone
Phone 02 9876 5432|phone
Call 1300 975 707|phone
0412 345 678|phone
Fax (212) 555-0123|phone
contact number 555-0123|phone
phone number is 555 867 5309|phone
you can text her at 2025550143|phone
WhatsApp +55 11 91234-5678|phone
Emergency contact: 312-555-0188|phone
{"phone":"2025550143"}|phone
<td>(202) 555-0143</td>|phone
D.O.B. 12-03-1965|date_of_birth
DOB: 3/12/65|date_of_birth
date of birth is the 12th of March 1965|date_of_birth
Born: March 12, 1965|date_of_birth
Jane Roe, born March 12th 1965, resides|date_of_birth
was born in Berlin, Germany on 12 March 1965|date_of_birth
J. Roe (b. 12 March 1965)|date_of_birth
Geboren: 12.03.1965|date_of_birth
Geb.-Datum: 12.03.1965|date_of_birth
Herr Muster, geboren am 12. März 1965 in Bonn|date_of_birth
née Dupont le 12 mars 1965|date_of_birth
Né à Paris le 12/03/1965|date_of_birth
Fecha de nac.: 12/03/1965|date_of_birth
nacido en Sevilla el 12 de marzo de 1965|date_of_birth
nata il 12/03/1965 a Milano|date_of_birth
nato a Milano (MI) il 12.03.1965|date_of_birth
geboren te Amsterdam op 12 maart 1965|date_of_birth
geb. datum 12-03-1965|date_of_birth
ur. 12.03.1965|date_of_birth
Birth date 1965/03/12|date_of_birth
birthDate="1965-03-12"|date_of_birth
<dob>1965-03-12</dob>|date_of_birth
born 19650312|date_of_birth
MRN 0012345|medical_record_number
Medical Record No: 00-12-34-56|medical_record_number
MRN: H1234567|medical_record_number
patient identification number 7654321|medical_record_number
Patient ID# 998877|medical_record_number
Pat-ID 4711234|medical_record_number
Patienten-Nummer: 4711234|medical_record_number
numéro de dossier médical : 123456|medical_record_number
Nº historia clínica 123456|medical_record_number
historia clínica nº 123456|medical_record_number
numero cartella clinica 123456/19|medical_record_number
medical record: 12345678|medical_record_number
"mrn": 12345678|medical_record_number
(MRN 12345678)|medical_record_number
Acct/MRN: 12345678|medical_record_number
Reisepass Nr. C01X00T47|passport
passport (no. 533380006)|passport
US passport 533380006|passport
Passport #: X1234567|passport
driver's licence no. D123-4567-8901|driving_licence
California driver license D1234567|driving_licence
DL No. D1234567|driving_licence
Führerschein Nr. B072RRE2I55|driving_licence
driving license MORGA753116SM9IJ|driving_licence
My card is 4111111111111111 exp 01/30|card
Amex 3782 822463 10005|card
5555-5555-5555-4444|card
IBAN: DE89370400440532013000|iban
IBAN NL91 ABNA 0417 1643 00.|iban
iban ch93 0076 2011 6238 5295 7|iban
IBAN-Nr.: AT61-1904-3002-3457-3201|iban
ssh from 185.220.101.4 port 22|ip
X-Forwarded-For: 185.220.101.4, 10.0.0.1|ip
2001:4860:4860::8888|ip
[2001:db8::1]:8080|ip
mongodb+srv://root:Pa55w0rd@cluster0.mongodb.net/db|url_credentials
redis://:s3cr3t@host:6379/0|url_credentials
https://x-access-token:ghs_abcdefghijklmnopqrstuvwxyz0123456789@github.com/a/b|url_credentials
https://maps.google.com/api?key=AbCdEf1234567890abcd|url_credentials
pwd: P@ssw0rd123|secret
the password is "Winter2024!"|secret
PASSWORD=letmein99|secret
"client_secret": "8fGh3kLmN0pQrStUvWxYz12"|secret
SECRET_KEY = 'django-insecure-4k2m1n8x7c6v5b4n3m2'|secret
Authorization: Bearer abcdef0123456789abcdef0123456789|secret
Authorization: Basic dXNlcjpwYXNzd29yZDEyMzQ1Ng==|secret
AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY|secret
x-api-key: 9f8e7d6c5b4a39281706f5e4d3c2b1a0|secret
john[dot]doe[at]example[dot]com|email
"J. Doe" <j.doe@sub.example.co.uk>|email
first.last+tag@xn--bcher-kva.example|email
用户@例子.公司|email`.split('\n');

/** Texts of filings, papers, contracts and code without personal data. */
export const impersonal = `Commission file number 1-8940
Commission File No. 001-38202
I.R.S. Employer Identification No. 13-3260245
Form S-3 (File No. 333-231751)
CIK: 0000764180
The notes bear interest at 4.375% and mature on 15 March 2029.
Shares outstanding as of 31 January 2020: 1,858,014,271
212,555,0123
EPS 1.02 0.98 0.95
(1,234) (567) (890)
2018 2017 2016 2015 2014
12/31/2018 12/31/2017
Balance at 12-31-2018 was 4,567,890
Level 1 0 1234 5678 9012
Page 123 of 456
§ 12.3.4.5
10.1.2.3 Termination
Exhibit 10.14.2.1
Rule 13a-14(a)
17 CFR 240.13a-14
42 U.S.C. 1395w-4(c)(2)(B)
Case No. 1:19-cv-01234-ABC
Docket No. 19-1234567
No. 18-956
US patent 9,876,543 and US 2019/0123456 A1
ISIN XS1234567890
CUSIP: 02079K305
SWIFT DEUTDEFF500
ABA routing number 021000021
Account number 123456789
account no. 000123456789
GTIN 4006381333931
barcode 5901234123457
ICD-10 code E11.9
ATC code N02BE01
NCT01234567
PMID 31234567
doi 10.1056/NEJMoa2001017
JAMA. 2019;321(3):288-300. doi:10.1001/jama.2018.20577
1998;279:1200-1205
aged 65-74 (n=1023) vs 75-84 (n=876)
120/80 mmHg
6 MWD 345.6 (123.4) m
HbA1c 7.5% (58 mmol/mol)
BMI 25.4 (4.5)
0.98 (0.95-1.01)
P=.0001
ratio 0.123 0.456 0.789
10(6) cells/ml
37.5 +/- 1.2
chr7:140453136-140453137
rs1801133
5'-ACGT-3'
patient 10023 was excluded
patients 1234 and 5678
Patient-years 12345
study ID 123456789
hospital admissions 12345
hospitals (n = 12345)
data of 12/03/2019
date of surgery: 12/03/2019
date of publication 2019-03-12
born to mothers with diabetes in 2012
born between 01/01/2000 and 31/12/2005
The company was born in 1998
mobile revenue 4567890
Mobile 2019 2018
phone sales 1,234,567
call spread 1250 1300 1350
fax revenue 120 130 140
Telefon- und Internetkosten 1.234.567,89
cell line MCF-7 123456
cells 1234567 per ml
T cells 1234567
contact hours 1234567
Mobility 020 19 18
HK$ 12,345,678
EUR 030 123
€ 1 234 567 890
Rs 98,76,54,321
SKU 4111-1111
order 4111111111111111
Serial number: 123-45-6789-01
1-2-3
zip 10017-1234
02139-4307
ZIP 94105
D-10117 Berlin
75008 Paris
SW1A 1AA
GPS 40.7128, -74.0060
2019-12-31T23:59:59Z
00:1B:44:11:3A:B7
v1.2.3.4-beta
Windows 10.0.19041.1
Kernel 5.4.0.42
Excel 16.0.4266.1001
SHA1: da39a3ee5e6b4b0d3255bfef95601890afd80709
model: gpt-4-0613
tokens = 128000
token: [CLS]
password: string
Password policy: 12 characters
Secret Santa: Friday
key: value
API key: required
max_token=512
secret ballot: 123
C++: std::map
foo@bar
@Override
user@localhost
price @ 12.5
2x4@10.50
Section 1.1.1.1 and 2.2.2.2
25.12.18.07
NDC 50242-0061-01
Lot# 12-3456-78
Ref 0044 1234
HS code 8471.30.01
1/2/3/4
555
911
3 x 10^8
1 000 000 000
100 200 300 400
10 200 3000 40000
1234 5678 9012 3456
456 789 0123 total
Total 456 789 0123
Net sales 234 567 8901 345 678 9012
17-2345678 (EIN)
DUNS 12-345-6789
tax id 12-3456789
VAT no. GB123456789
Passport revenue: 123456789`.split('\n');
