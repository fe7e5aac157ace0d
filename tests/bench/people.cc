#include "tests/bench/people.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>
#include <absl/strings/string_view.h>
#include <absl/types/span.h>

#include <utility>
#include <vector>

#include "common/base/text.h"
#include "common/base/unicode.h"

namespace crm::bench {
namespace {

// Names of one language: family names are made of a beginning and an end.
struct Names {
  absl::Span<const char*const> given, beginnings, ends;
};

constexpr const char* kGermanGiven[] = {"Anna",  "Jürgen", "Käthe", "Björn",    "Günther", "Sören",
                                        "Heike", "Lukas",  "Zoë",   "Matthias", "Ulrike",  "Jörg"};
constexpr const char* kGermanBegin[] = {"Müll", "Schröd", "Weiß",  "Kühn", "Bäck",   "Grün",
                                        "Hof",  "Linden", "Stein", "Berg", "Königs", "Wald"};
constexpr const char* kGermanEnd[] = {"er",   "mann",  "berger", "hofer", "städter",
                                      "bach", "huber", "meier",  "wirth", "feld"};
constexpr const char* kPolishGiven[] = {"Łukasz",    "Małgorzata", "Paweł",     "Żaneta", "Józef",
                                        "Agnieszka", "Michał",     "Stanisław", "Ewa",    "Bożena"};
constexpr const char* kPolishBegin[] = {"Kowal",  "Wiśniew", "Dąbrow", "Wójci",   "Zieliń",
                                        "Szymań", "Kozłow",  "Jankow", "Krawczy", "Piotrow"};
constexpr const char* kPolishEnd[] = {"ski", "ska", "czyk", "ewicz", "icki", "owska", "ak"};
constexpr const char* kSpanishGiven[] = {"José",  "María",  "Íñigo",      "Begoña", "Ramón",
                                         "Lucía", "Andrés", "Inmaculada", "Raúl",   "Verónica"};
constexpr const char* kSpanishBegin[] = {"Fern", "Mart", "Gonz", "Guti", "Rodr",
                                         "Hern", "Jim",  "Mén",  "Nú",   "Ibá"};
constexpr const char* kSpanishEnd[] = {"ández", "ínez", "ález", "érrez", "íguez", "dez", "ñez"};
constexpr const char* kRussianGiven[] = {"Анна",    "Дмитрий", "Ольга",    "Сергей", "Наталья",
                                         "Алексей", "Татьяна", "Владимир", "Фёдор",  "Ирина"};
constexpr const char* kRussianBegin[] = {"Иван", "Петр",  "Сидор",  "Кузнец", "Смирн",
                                         "Волк", "Лебед", "Соловь", "Морозн", "Никола"};
constexpr const char* kRussianEnd[] = {"ов", "ова", "ев", "ева", "ский", "ская", "енко", "ин"};
constexpr const char* kGreekGiven[] = {"Γιώργος",    "Μαρία", "Δημήτρης", "Ελένη",   "Κώστας",
                                       "Αικατερίνη", "Νίκος", "Σοφία",    "Ανδρέας", "Χρήστος"};
constexpr const char* kGreekBegin[] = {"Παπα",   "Οικονόμ", "Αντων",  "Γεωργ", "Δημητρ",
                                       "Νικολα", "Κων",     "Αθανασ", "Ιωανν", "Βασιλ"};
constexpr const char* kGreekEnd[] = {"όπουλος", "ίδης", "άκης", "ιάδης", "έλης", "οπούλου"};
constexpr const char* kChineseGiven[] = {"伟", "芳", "娜", "秀英", "敏",
                                         "静", "丽", "强", "磊",   "军"};
constexpr const char* kChineseBegin[] = {"王", "李", "张", "刘", "陈",
                                         "杨", "赵", "黄", "周", "吴"};
constexpr const char* kChineseEnd[] = {"", "氏", "家"};

constexpr Names kLanguages[] = {
    {kGermanGiven, kGermanBegin, kGermanEnd},    {kPolishGiven, kPolishBegin, kPolishEnd},
    {kSpanishGiven, kSpanishBegin, kSpanishEnd}, {kRussianGiven, kRussianBegin, kRussianEnd},
    {kGreekGiven, kGreekBegin, kGreekEnd},       {kChineseGiven, kChineseBegin, kChineseEnd},
};
constexpr uint64_t kFirms = 50'000;
// Middle parts make the family names as many as in a country.
constexpr const char* kLatinMiddle[] = {"",   "ol", "en", "ar", "is", "un", "er", "al",
                                        "in", "or", "et", "ad", "el", "as", "ul", "om"};
constexpr const char* kCyrillicMiddle[] = {"", "ол", "ен", "ар", "ис", "ун", "ер", "ал"};
constexpr const char* kGreekMiddle[] = {"", "ολ", "εν", "αρ", "ισ", "ουν", "ερ", "αλ"};

// splitmix64: neighbours have nothing in common.
uint64_t Mix(uint64_t n) {
  n += 0x9e3779b97f4a7c15u;
  n = (n ^ n >> 30) * 0xbf58476d1ce4e5b9u;
  n = (n ^ n >> 27) * 0x94d049bb133111ebu;
  return n ^ n >> 31;
}

// Takes a part of the chance in `bits`.
template <class T>
const T& Pick(absl::Span<const T> all, uint64_t& bits) {
  const T& one = all[bits % all.size()];
  bits /= all.size();
  return one;
}

absl::Span<const char* const> MiddlesOf(size_t language) {
  static constexpr const char* kNoMiddle[] = {""};
  if (language < 3) return kLatinMiddle;
  if (language == 3) return kCyrillicMiddle;
  if (language == 4) return kGreekMiddle;
  return kNoMiddle;
}

std::string FirmDomain(uint64_t n) { return absl::StrCat("firm", Mix(n) % kFirms, ".example"); }

// The code points of the text.
std::vector<std::string> LettersOf(absl::string_view text) {
  std::vector<std::string> letters;
  for (size_t i = 0; i < text.size();) {
    size_t length = 1;
    while (i + length < text.size() && (static_cast<uint8_t>(text[i + length]) & 0xc0) == 0x80) {
      ++length;
    }
    letters.emplace_back(text.substr(i, length));
    i += length;
  }
  return letters;
}

// One letter of the text, not the first, swapped with the next, doubled or left out.
std::string Mistype(absl::string_view text, uint64_t bits) {
  std::vector<std::string> letters = LettersOf(text);
  const size_t at = 1 + bits / 3 % (letters.size() - 2);
  switch (bits % 3) {
    case 0:
      std::swap(letters[at], letters[at + 1]);
      break;
    case 1:
      letters[at] += letters[at];
      break;
    default:
      letters[at].clear();
  }
  return absl::StrJoin(letters, "");
}

}  // namespace

contact::v1::Contact PersonOf(uint64_t n) {
  uint64_t bits = Mix(n);
  const size_t language = bits % std::size(kLanguages);
  bits /= std::size(kLanguages);
  const Names& names = kLanguages[language];
  contact::v1::Contact contact;
  contact.mutable_person()->set_given_name(Pick(names.given, bits));
  contact.mutable_person()->set_family_name(absl::StrCat(
      Pick(names.beginnings, bits), Pick(MiddlesOf(language), bits), Pick(names.ends, bits)));
  contact.add_emails()->set_address(absl::StrCat("p", n, "@", FirmDomain(n)));
  contact.add_phones()->set_number(absl::StrFormat("+4179%07d", n));
  contact.set_external_id(absl::StrCat("person-", n));
  contact.set_owner(absl::StrCat("agent-", n % 1000));
  return contact;
}

const char* NameOf(Blemish blemish) {
  switch (blemish) {
    case Blemish::kTypingError:
      return "typing errors";
    case Blemish::kSwappedNames:
      return "swapped names";
    case Blemish::kMissingAccents:
      return "missing accents";
    case Blemish::kPhoneNotation:
      return "other phone notation";
  }
  return "";
}

bool CanHave(const contact::v1::Contact& person, Blemish blemish) {
  const std::string& family = person.person().family_name();
  if (blemish == Blemish::kTypingError) return base::CodePoints(family) >= 5;
  if (blemish != Blemish::kMissingAccents) return true;
  return base::SearchForm(family) != base::Folded(family);
}

contact::v1::Contact Blemished(const contact::v1::Contact& person, Blemish blemish, uint64_t n) {
  contact::v1::Contact contact;
  contact::v1::Person& name = *contact.mutable_person();
  name = person.person();
  const std::string& address = person.emails(0).address();
  contact.add_emails()->set_address(absl::StrCat("again", n, address.substr(address.find('@'))));
  switch (blemish) {
    case Blemish::kTypingError:
      name.set_family_name(Mistype(name.family_name(), Mix(n)));
      break;
    case Blemish::kSwappedNames:
      name.mutable_given_name()->swap(*name.mutable_family_name());
      break;
    case Blemish::kMissingAccents:
      name.set_family_name(base::SearchForm(name.family_name()));
      name.set_given_name(base::SearchForm(name.given_name()));
      break;
    case Blemish::kPhoneNotation: {
      name.set_given_name(absl::StrCat(LettersOf(name.given_name())[0], "."));
      contact.mutable_emails(0)->set_address(absl::StrCat("again", n, "@elsewhere.example"));
      const std::string& number = person.phones(0).number();
      contact.add_phones()->set_number(absl::StrCat("0", number.substr(3, 2), " ",
                                                    number.substr(5, 3), " ", number.substr(8, 2),
                                                    " ", number.substr(10)));
      contact.mutable_phones(0)->set_region("CH");
      break;
    }
  }
  return contact;
}

}  // namespace crm::bench
