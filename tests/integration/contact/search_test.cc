// Contacts are found by what people remember of them.

#include <algorithm>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "services/contact/domain/typing_error.h"
#include "services/contact/store/search_reads.h"
#include "services/contact/store/search_store.h"
#include "services/contact/store/search_table.h"
#include "tests/integration/contact/fixture.h"

namespace crm::contact::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class Searching : public ContactServiceTest {
 protected:
  v1::SearchContactsResponse Search(const v1::SearchContactsRequest& request) {
    const auto response =
        CallOn(Service().search(), &v1::ContactSearchService::Stub::SearchContacts, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::SearchContactsResponse();
  }
  // The names of those found, in order.
  std::vector<std::string> Found(const std::string& query,
                                 v1::ContactKind kind = v1::CONTACT_KIND_UNSPECIFIED) {
    v1::SearchContactsRequest request;
    request.set_query(query);
    request.set_kind(kind);
    std::vector<std::string> names;
    const v1::SearchContactsResponse response = Search(request);
    for (const v1::ContactHit& hit : response.hits()) {
      names.push_back(hit.contact().display_name());
      EXPECT_EQ(hit.name(), hit.contact().name());
      EXPECT_GT(hit.fields_size(), 0);
    }
    return names;
  }
  v1::Contact Person(const std::string& name, const std::string& email = "",
                     const std::string& phone = "", const std::string& external_id = "") {
    v1::CreateContactRequest request;
    request.mutable_contact()->set_display_name(name);
    request.mutable_contact()->mutable_person();
    if (!email.empty()) request.mutable_contact()->add_emails()->set_address(email);
    if (!phone.empty()) request.mutable_contact()->add_phones()->set_number(phone);
    request.mutable_contact()->set_external_id(external_id);
    return Create(request);
  }
};

TEST_F(Searching, ByEverythingThatAContactHas) {
  Person("Ánna Snelling", "as@firm.example", "044 668 18 00", "C-1001");
  Person("Bert Lane", "bert@gmail.com", "+1 650 253 0000");
  Create(OrganizationRequest("acme-tools.example"));
  struct Case {
    const char* query;
    const char* found;
  };
  for (const Case& c : std::vector<Case>{{"anna", "Ánna Snelling"},
                                         {"ANNA snel", "Ánna Snelling"},
                                         {"snelling ánna", "Ánna Snelling"},
                                         {"sneling", "Ánna Snelling"},
                                         {"snelilng an", "Ánna Snelling"},
                                         {"as@firm.example", "Ánna Snelling"},
                                         {"AS@FIRM", "Ánna Snelling"},
                                         {"as@frim.example", "Ánna Snelling"},
                                         {"firm", "Ánna Snelling"},
                                         {"firm.example", "Ánna Snelling"},
                                         {"+41 44 668 18 00", "Ánna Snelling"},
                                         {"0446681800", "Ánna Snelling"},
                                         {"(044) 668-18-00", "Ánna Snelling"},
                                         {"681800", "Ánna Snelling"},
                                         {"anna 044 668 18 00", "Ánna Snelling"},
                                         {"c-1001", "Ánna Snelling"},
                                         {"C1001", "Ánna Snelling"},
                                         {"6502530000", "Bert Lane"},
                                         {"acme", "Acme"},
                                         {"acme-tools.example", "Acme"},
                                         {"tools", "Acme"}}) {
    EXPECT_THAT(Found(c.query), ElementsAre(c.found)) << c.query;
  }
  for (const char* query : {"gmail", "anna lane", "ann@", "smel1ing", "snlng", "dert", "--"}) {
    EXPECT_THAT(Found(query), IsEmpty()) << query;
  }
}

TEST_F(Searching, TheBestComeFirstAndEachOnce) {
  Person("Anna Snelling", "anna.snelling@snelling.example");
  Person("Snellings Anna");
  Person("Anna Snellin");
  Person("Annabel Snelling");
  EXPECT_THAT(Found("anna snelling"),
              ElementsAre("Anna Snelling", ::testing::AnyOf("Snellings Anna", "Annabel Snelling"),
                          ::testing::AnyOf("Snellings Anna", "Annabel Snelling"), "Anna Snellin"));
  v1::SearchContactsRequest request;
  request.set_query("anna snelling");
  const v1::SearchContactsResponse response = Search(request);
  ASSERT_EQ(response.hits_size(), 4);
  EXPECT_EQ(response.hits(0).grade(), v1::MATCH_GRADE_EXACT);
  EXPECT_THAT(response.hits(0).fields(), ElementsAre(v1::MATCHED_FIELD_NAME));
  EXPECT_EQ(response.hits(1).grade(), v1::MATCH_GRADE_BEGINNING);
  EXPECT_EQ(response.hits(3).grade(), v1::MATCH_GRADE_TYPING_ERROR);
}

TEST_F(Searching, GoesPageByPageThroughAllGrades) {
  for (int i = 0; i < 7; ++i) {
    Person("Maria Garcia");
    Person("Maria Garcias");
    Person("Maria Garzia");
  }
  for (const int size : {1, 4, 50}) {
    v1::SearchContactsRequest request;
    request.set_query("maria garcia");
    request.set_page_size(size);
    std::vector<std::string> names;
    std::vector<int> grades;
    for (int page = 0; page < 30; ++page) {
      const v1::SearchContactsResponse response = Search(request);
      EXPECT_LE(response.hits_size(), size);
      for (const auto& hit : response.hits()) {
        names.push_back(hit.name());
        grades.push_back(hit.grade());
      }
      request.set_page_token(response.next_page_token());
      if (request.page_token().empty()) break;
    }
    EXPECT_EQ(names.size(), 21u);
    EXPECT_TRUE(std::is_sorted(grades.begin(), grades.end()));
    std::sort(names.begin(), names.end());
    EXPECT_EQ(std::unique(names.begin(), names.end()), names.end());
  }
}

std::vector<std::string> Words(const std::string& text) { return absl::StrSplit(text, ' '); }

// How a name answers a query, word by word, without an index.
v1::MatchGrade GradeByHand(const std::string& name, const std::string& query) {
  v1::MatchGrade worst = v1::MATCH_GRADE_EXACT;
  for (const std::string& wanted : Words(query)) {
    v1::MatchGrade best = v1::MATCH_GRADE_UNSPECIFIED;
    for (const std::string& word : Words(name)) {
      const std::vector<std::string> mistyped = OneErrorAway(wanted);
      v1::MatchGrade grade = v1::MATCH_GRADE_UNSPECIFIED;
      if (word == wanted) {
        grade = v1::MATCH_GRADE_EXACT;
      } else if (absl::StartsWith(word, wanted)) {
        grade = v1::MATCH_GRADE_BEGINNING;
      } else if (std::find(mistyped.begin(), mistyped.end(), word) != mistyped.end()) {
        grade = v1::MATCH_GRADE_TYPING_ERROR;
      }
      if (grade != v1::MATCH_GRADE_UNSPECIFIED &&
          (best == v1::MATCH_GRADE_UNSPECIFIED || grade < best)) {
        best = grade;
      }
    }
    if (best == v1::MATCH_GRADE_UNSPECIFIED) return best;
    worst = std::max(worst, best);
  }
  return worst;
}

// Every pair of alike words, so that each word leads somewhere by each grade.
TEST_F(Searching, OfTwoWordsFindsWhatComparingEachNameFinds) {
  const std::vector<std::string> words = {"snell",    "snelling", "snellings", "snelting",
                                          "marianne", "mariann",  "marian",    "mariane"};
  std::map<std::string, std::string> names;
  for (const std::string& given : words) {
    for (const std::string& family : words) {
      const std::string name = absl::StrCat(given, " ", family);
      names.emplace(Person(name).name(), name);
    }
  }
  for (const std::string& first : words) {
    for (const std::string& second : words) {
      v1::SearchContactsRequest request;
      request.set_query(absl::StrCat(first, " ", second));
      request.set_page_size(7);
      std::map<std::string, v1::MatchGrade> wanted, found;
      for (const auto& [name, text] : names) {
        const v1::MatchGrade grade = GradeByHand(text, request.query());
        if (grade != v1::MATCH_GRADE_UNSPECIFIED) wanted.emplace(name, grade);
      }
      do {
        const v1::SearchContactsResponse page = Search(request);
        for (const v1::ContactHit& hit : page.hits()) {
          EXPECT_TRUE(found.emplace(hit.name(), hit.grade()).second) << request.query();
        }
        request.set_page_token(page.next_page_token());
      } while (!request.page_token().empty());
      EXPECT_EQ(found, wanted) << request.query();
    }
  }
}

// Neither is counted to its end. What leads comes in the order of its terms, then of contacts: by
// the beginning of forty names these would not be in the order of contacts.
TEST_F(Searching, OfTwoCommonWordsTheLongerOneLeads) {
  const std::string some = absl::StrCat("FROM generate_series(1, ", kCountedContacts, ") AS n");
  Service().Sql(
      "INSERT INTO contact_search SELECT 'common', md5(n::text)::uuid, "
      "'P wandres wmar' || n % 40 || ' ' " +
      some);
  Service().Sql("INSERT INTO contact_term SELECT 'common', 'wandres', md5(n::text)::uuid " + some);
  Service().Sql("INSERT INTO contact_term SELECT 'common', 'wmar' || n % 40, md5(n::text)::uuid " +
                some);
  const auto found =
      SearchStore(Service().pool())
          .Find("common", {{.terms = {"wmar"}}, {.terms = {"wandres"}}}, ContactKind::kPerson, 200,
                std::nullopt, base::SteadyNow() + absl::Seconds(20));
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->hits.size(), 200);
  EXPECT_TRUE(
      std::is_sorted(found->hits.begin(), found->hits.end(),
                     [](const SearchHit& a, const SearchHit& b) { return a.contact < b.contact; }));
}

TEST_F(Searching, AfterAnEditByTheNewAndNoMoreByTheOld) {
  const v1::Contact anna = Person("Anna Snelling", "anna@old.example");
  v1::UpdateContactRequest update;
  update.mutable_contact()->set_name(anna.name());
  update.mutable_contact()->set_display_name("Anna Lane");
  update.mutable_contact()->add_emails()->set_address("anna@new.example");
  ASSERT_TRUE(Call(&Stub::UpdateContact, update).ok());
  EXPECT_THAT(Found("snelling"), IsEmpty());
  EXPECT_THAT(Found("anna@old.example"), IsEmpty());
  EXPECT_THAT(Found("lane new"), ElementsAre("Anna Lane"));
  ASSERT_TRUE(Delete(anna.name()).ok());
  EXPECT_THAT(Found("lane"), IsEmpty());
  ASSERT_TRUE(Undelete(anna.name()).ok());
  EXPECT_THAT(Found("lane"), ElementsAre("Anna Lane"));
}

TEST_F(Searching, OfOneKindAndOfOneTenant) {
  Person("Acme Smith");
  Create(OrganizationRequest("acme.example"));
  EXPECT_THAT(Found("acme"), UnorderedElementsAre("Acme", "Acme Smith"));
  EXPECT_THAT(Found("acme", v1::CONTACT_KIND_PERSON), ElementsAre("Acme Smith"));
  EXPECT_THAT(Found("acme", v1::CONTACT_KIND_ORGANIZATION), ElementsAre("Acme"));
  v1::SearchContactsRequest request;
  request.set_query("acme");
  const auto foreign = CallOn(Service().search(), &v1::ContactSearchService::Stub::SearchContacts,
                              request, "another");
  ASSERT_TRUE(foreign.ok()) << foreign.status();
  EXPECT_EQ(foreign->hits_size(), 0);
}

TEST_F(Searching, ContactsThatAnotherVersionStoredAreMadeFindable) {
  Person("Anna Snelling");
  const v1::Contact bert = Person("Bert Lane");
  const std::string here = absl::StrCat(" WHERE tenant = '", tenant(), "'");
  Service().Sql("DELETE FROM contact_term" + here);
  Service().Sql("DELETE FROM contact_search" + here);
  Service().Sql("INSERT INTO contact_term SELECT tenant, 'wold', id FROM contact" + here);
  Service().Sql("INSERT INTO contact_search SELECT tenant, id, 'P wold ' FROM contact" + here);
  ASSERT_TRUE(Delete(bert.name()).ok());
  EXPECT_THAT(Found("anna"), IsEmpty());
  const auto index = [] {
    return IndexContacts(Service().pool(), ContactReads(Service().pool()),
                         base::SystemClock::Instance());
  };
  const auto changed = index();
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_GE(*changed, 1);
  EXPECT_THAT(Found("anna"), ElementsAre("Anna Snelling"));
  EXPECT_THAT(Found("old"), IsEmpty());
  EXPECT_EQ(*index(), 0);
}

TEST_F(Searching, ATokenOfAnotherQueryIsRefused) {
  for (int i = 0; i < 2; ++i) Person("Anna Snelling");
  v1::SearchContactsRequest request;
  request.set_query("anna");
  request.set_page_size(1);
  request.set_page_token(Search(request).next_page_token());
  EXPECT_FALSE(request.page_token().empty());
  request.set_query("snelling");
  EXPECT_EQ(
      Outcome(CallOn(Service().search(), &v1::ContactSearchService::Stub::SearchContacts, request)),
      "INVALID_ARGUMENT PAGE_TOKEN_INVALID");
}

}  // namespace
}  // namespace crm::contact::testing
