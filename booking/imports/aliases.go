package imports

// stateAliases are other names of states.
var stateAliases = map[string]string{
	"Pondicherry":          "Puducherry",
	"Orissa":               "Odisha",
	"Uttaranchal":          "Uttarakhand",
	"NCT of Delhi":         "Delhi",
	"New Delhi":            "Delhi",
	"Dadar & Nagar Haveli": "Dadra and Nagar Haveli",
	"Dadra & Nagar Hav.":   "Dadra and Nagar Haveli",
	"Andaman & Nicobar":    "Andaman and Nicobar Islands",
	"Tamilnadu":            "Tamil Nadu",
	"Telengana":            "Telangana",
	"Lakshadweep Islands":  "Lakshadweep",
	"Dadra and Nagar Haveli and Daman and Diu": "Dadra and Nagar Haveli",
	"Paschim Banga":          "West Bengal",
	"Daman":                  "Daman and Diu",
	"Diu":                    "Daman and Diu",
	"Jammu Kashmir & Ladakh": "Jammu and Kashmir",
}

// siblings are states that were one, or are about to be: old directories have
// Leh in Jammu and Kashmir and Khammam in Andhra Pradesh.
var siblings = map[string][]string{
	"Jammu and Kashmir":      {"Ladakh"},
	"Ladakh":                 {"Jammu and Kashmir"},
	"Andhra Pradesh":         {"Telangana"},
	"Telangana":              {"Andhra Pradesh"},
	"Bihar":                  {"Jharkhand"},
	"Madhya Pradesh":         {"Chhattisgarh"},
	"Uttar Pradesh":          {"Uttarakhand"},
	"Daman and Diu":          {"Dadra and Nagar Haveli"},
	"Dadra and Nagar Haveli": {"Daman and Diu"},
	"Gujarat":                {"Daman and Diu", "Dadra and Nagar Haveli"},
}

// districtAliases are other names of districts that do not even sound like the
// Co-WIN API's, as "also=name;…" for each state: renamed ones, short ones,
// misspelt ones, and parts of what the API keeps as one.
var districtAliases = map[string]string{
	"Andhra Pradesh": "YSR=YSR District, Kadapa (Cuddapah);YSR Kadapa=YSR District, Kadapa (Cuddapah);Cuddapah=YSR District, Kadapa (Cuddapah);Kadapa=YSR District, Kadapa (Cuddapah);" +
		"Nellore=Sri Potti Sriramulu Nellore;SPSR Nellore=Sri Potti Sriramulu Nellore",
	"Arunachal Pradesh": "Capital Complex=Itanagar Capital Complex;Papumpare=Papum Pare",
	"Assam": "Kamrup=Kamrup Rural;Kamrup Metro=Kamrup Metropolitan;Marigaon=Morigaon;North Cachar Hills=Dima Hasao;NC Hills=Dima Hasao;" +
		"Sibsagar=Sivasagar;Golapara=Goalpara;Karbi Anglong East=Karbi-Anglong;East Karbi Anglong=Karbi-Anglong;South Salmara=South Salmara Mankachar",
	"Bihar": "Bhabua=Kaimur;Kaimur Bhabua=Kaimur;Jahanabad=Jehanabad;Pashchim Champaran=West Champaran;Paschim Champaran=West Champaran;" +
		"Purbi Champaran=East Champaran;Purba Champaran=East Champaran;Purvi Champaran=East Champaran;Monghyr=Munger",
	"Chhattisgarh": "Kabirdham=Kawardha;Kabeerdham=Kawardha;Dantewara=Dantewada;Dakshin Bastar Dantewada=Dantewada;Uttar Bastar Kanker=Kanker;" +
		"Korea=Koriya;Narainpur=Narayanpur;Balodabazar Bhatapara=Baloda bazar;Balrampur Ramanujganj=Balrampur;Gaurella Pendra Marwahi=Gaurela Pendra Marwahi",
	"Dadra and Nagar Haveli": "Dadar & Nagar Haveli=Dadra and Nagar Haveli",
	"Delhi": "Central=Central Delhi;East=East Delhi;North=North Delhi;South=South Delhi;West=West Delhi;North East=North East Delhi;" +
		"North West=North West Delhi;South East=South East Delhi;South West=South West Delhi;New=New Delhi;Shahadra=Shahdara;Northwest=North West Delhi;Southwest=South West Delhi",
	"Goa": "North=North Goa;South=South Goa",
	"Gujarat": "Kachchh=Kutch;Mahesana=Mehsana;Panch Mahals=Panchmahal;The Dangs=Dang;Dangs=Dang;Ahmadabad=Ahmedabad;" +
		"Devbhumi Dwarka=Devbhumi Dwaraka;Devbhoomi Dwarka=Devbhumi Dwaraka;Chhota Udepur=Chhotaudepur;Chhota Udaipur=Chhotaudepur;Dohad=Dahod;Baroda=Vadodara",
	"Haryana":           "Gurugram=Gurgaon;Mewat=Nuh;Hissar=Hisar",
	"Himachal Pradesh":  "Lahul & Spiti=Lahaul Spiti;Lahaul and Spiti=Lahaul Spiti",
	"Jammu and Kashmir": "Bandipur=Bandipore;Bandipora=Bandipore;Badgam=Budgam;Punch=Poonch;Shupiyan=Shopian;Shopiyan=Shopian",
	"Jharkhand": "Giridh=Giridih;Sahibganj=Sahebganj;Devghar=Deoghar;Kodarma=Koderma;Pashchimi Singhbhum=West Singhbhum;Paschimi Singhbhum=West Singhbhum;" +
		"Purbi Singhbhum=East Singhbhum;Purbi Singhbum=East Singhbhum;East Singhbum=East Singhbhum;Saraikela Kharsawan=Seraikela Kharsawan;Palamau=Palamu",
	"Karnataka": "Ballari=Bellary;Belagavi=Belgaum;Bengaluru=Bangalore Urban;Bangalore=Bangalore Urban;Bengaluru Urban=Bangalore Urban;" +
		"Bengaluru Nagara=Bangalore Urban;Bengaluru Gramin=Bangalore Rural;Bengaluru Rural=Bangalore Rural;Chamrajnagar=Chamarajanagar;" +
		"Chikkamagaluru=Chikamagalur;Chikmagalur=Chikamagalur;Davangere=Davanagere;Kalaburagi=Gulbarga;Mysuru=Mysore;Shivamogga=Shimoga;Tumakuru=Tumkur;" +
		"Uttara Kannada=Uttar Kannada;Chikballapur=Chikkaballapur;Dakshin Kannada=Dakshina Kannada;Ramnagar=Ramanagara;Bijapur=Vijayapura;Coorg=Kodagu;Vijayanagara=Bellary",
	"Kerala": "Kasargod=Kasaragod;Kottyam=Kottayam;Kozikod=Kozhikode;Calicut=Kozhikode;Pattanamittia=Pathanamthitta;" +
		"Thiruvananthpuram=Thiruvananthapuram;Trivandrum=Thiruvananthapuram;Trichur=Thrissur;Alleppey=Alappuzha;Palghat=Palakkad;Quilon=Kollam;Cannanore=Kannur",
	"Madhya Pradesh": "East Nimar=Khandwa;West Nimar=Khargone;Agar Malwa=Agar;Nimach=Neemuch;Narmadapuram=Hoshangabad;Niwari=Tikamgarh",
	"Maharashtra": "Mumbai City=Mumbai;Mumbai Suburban=Mumbai;Suburban Mumbai=Mumbai;Greater Mumbai=Mumbai;Ahmadnagar=Ahmednagar;Ahilyanagar=Ahmednagar;" +
		"Amaravati=Amravati;Dharashiv=Osmanabad;Chhatrapati Sambhajinagar=Aurangabad;Bid=Beed;Raigarh=Raigad;Gondiya=Gondia",
	"Manipur":   "Jaribam=Jiribam",
	"Meghalaya": "Jaintia Hills=West Jaintia Hills",
	"Mizoram":   "Aizawl=Aizawl East;Aizwal=Aizawl East;Saiha=Siaha;Hnahthial=Lunglei;Saitual=Aizawl East;Khawzawl=Champhai",
	"Nagaland":  "Noklak=Tuensang",
	"Odisha": "Baleswar=Balasore;Baleshwar=Balasore;Debagarh=Deogarh;Jagatsinghapur=Jagatsinghpur;Jajapur=Jajpur;Keonjhar=Kendujhar;Keonjhargarh=Kendujhar;" +
		"Khorda=Khurda;Khordha=Khurda;Nabarangapur=Nabarangpur;Sonapur=Subarnapur;Sonepur=Subarnapur;Sundergarh=Sundargarh;Bolangir=Balangir;Phulbani=Kandhamal",
	"Puducherry": "Pondicherry=Puducherry",
	"Punjab": "Firozpur=Ferozpur;Ferozepur=Ferozpur;Mohali=SAS Nagar;Sahibzada Ajit Singh Nagar=SAS Nagar;Muktsar=Sri Muktsar Sahib;" +
		"Nawanshahr=SBS Nagar;Nawashahr=SBS Nagar;Shahid Bhagat Singh Nagar=SBS Nagar;Ropar=Rup Nagar;Rupnagar=Rup Nagar",
	"Rajasthan": "Ganganagar=Sri Ganganagar;Jaipur=Jaipur I;Jalor=Jalore;Jhujhunu=Jhunjhunu;Jhunjhunun=Jhunjhunu;Chittaurgarh=Chittorgarh;Dhaulpur=Dholpur",
	"Sikkim":    "East=East Sikkim;West=West Sikkim;North=North Sikkim;South=South Sikkim;Gangtok=East Sikkim;Mangan=North Sikkim;Namchi=South Sikkim;Gyalshing=West Sikkim",
	"Tamil Nadu": "Tuticorin=Thoothukudi (Tuticorin);Thoothukudi=Thoothukudi (Tuticorin);Thoothukkudi=Thoothukudi (Tuticorin);Nilgiri=Nilgiris;The Nilgiris=Nilgiris;" +
		"Dharampuri=Dharmapuri;Chengalpattu=Chengalpet;Kancheepuram=Kanchipuram;Trichy=Tiruchirappalli;Kanniyakumari=Kanyakumari;Ranipettai=Ranipet",
	"Telangana": "K.V.Rangareddy=Rangareddy;Ranga Reddy=Rangareddy;Mahbubnagar=Mahabubnagar;Warangal=Warangal(Urban);Hanumakonda=Warangal(Urban);Warangal Urban=Warangal(Urban);" +
		"Warangal Rural=Warangal(Rural);Jayashankar=Jayashankar Bhupalpally;Medchal Malkajgiri=Medchal;Komaram Bheem=Kumuram Bheem;Kumuram Bheem Asifabad=Kumuram Bheem;Jogulamba=Jogulamba Gadwal",
	"Tripura": "Gomti=Gomati;North=North Tripura;South=South Tripura;West=West Tripura",
	"Uttar Pradesh": "Allahabad=Prayagraj;Bijnor=Bijnour;Budaun=Badaun;Faizabad=Ayodhya;Jyotiba Phule Nagar=Amroha;J P Nagar=Amroha;Kheri=Lakhimpur Kheri;" +
		"Sant Ravidas Nagar=Bhadohi;Bulandsahar=Bulandshahr;Kanpur=Kanpur Nagar;Pilhibhit=Pilibhit;Shamali=Shamli;Balrampur=Balarampur;Shrawasti=Shravasti;" +
		"Kanshiram Nagar=Kasganj;Mahamaya Nagar=Hathras;Panchsheel Nagar=Hapur;Bhim Nagar=Sambhal;Rae Bareli=Raebareli;Gautambudhnagar=Gautam Buddha Nagar;Gautam Budh Nagar=Gautam Buddha Nagar;Chhatrapati Shahuji Maharaj Nagar=Amethi",
	"Uttarakhand": "Nanital=Nainital;Garhwal=Pauri Garhwal;Hardwar=Haridwar;US Nagar=Udham Singh Nagar;Pauri=Pauri Garhwal;Tehri=Tehri Garhwal",
	"West Bengal": "Burdwan=East Bardhaman;Bardhaman=East Bardhaman;Purba Bardhaman=East Bardhaman;Purba Barddhaman=East Bardhaman;Paschim Bardhaman=West Bardhaman;" +
		"Paschim Barddhaman=West Bardhaman;East Midnapore=Purba Medinipore;Purba Medinipur=Purba Medinipore;EastMednipur=Purba Medinipore;Medinipur East=Purba Medinipore;" +
		"West Midnapore=Paschim Medinipore;Medinipur=Paschim Medinipore;Medinipur West=Paschim Medinipore;Paschim Medinipur=Paschim Medinipore;Pashchim Medinipur=Paschim Medinipore;" +
		"North Dinajpur=Uttar Dinajpur;South Dinajpur=Dakshin Dinajpur;Dinajpur Uttar=Uttar Dinajpur;Dinajpur Dakshin=Dakshin Dinajpur;Haora=Howrah;Kochbihar=Cooch Behar;Coochbehar=Cooch Behar;" +
		"North 24 Pargana=North 24 Parganas;South 24 Pargana=South 24 Parganas;24 Paraganas North=North 24 Parganas;24 Paraganas South=South 24 Parganas;" +
		"North Twenty Four Parganas=North 24 Parganas;South Twenty Four Parganas=South 24 Parganas;Alipurduar=Alipurduar District;Hooghly=Hoogly;Maldah=Malda;Darjiling=Darjeeling;Puruliya=Purulia",
}
