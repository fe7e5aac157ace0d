#include "common/address/normal_forms.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace crm::address {
namespace {

struct NormalForm {
  std::string text;
  std::string form;  // empty: it is none of the kind
};

// A form is its own, so that what is stored may be asked for.
void ExpectForms(std::string (*normalize)(absl::string_view),
                 const std::vector<NormalForm>& cases) {
  for (const NormalForm& c : cases) {
    EXPECT_EQ(normalize(c.text), c.form) << c.text;
    EXPECT_EQ(normalize(c.form), c.form) << c.text;
  }
}

TEST(EmailTest, IsComparedWithoutCaseVariantsAndInvisibleCharacters) {
  ExpectForms(NormalizeEmail, {
                                  {"  Anna.Snelling@Example.COM\t", "anna.snelling@example.com"},
                                  {"JOSÉ@EXÄMPLE.COM", "josé@exämple.com"},
                                  {"josé@exämple.com", "josé@exämple.com"},
                                  {"jose\u0301@exa\u0308mple.com", "josé@exämple.com"},
                                  {"JOSE\u0301@EXA\u0308MPLE.COM", "josé@exämple.com"},
                                  {"josé@xn--exmple-cua.com", "josé@exämple.com"},
                                  {"straße@x.example", "strasse@x.example"},
                                  {"Anna＠Example.com.", "anna@example.com"},
                                  {"ａｎｎａ@ｅｘａｍｐｌｅ.com", "anna@example.com"},
                                  {"a+tag@b-c.ch", "a+tag@b-c.ch"},
                                  {"o'neil/x=y@b.ch", "o'neil/x=y@b.ch"},
                              });
}

// Never a second contact that looks like the first.
TEST(EmailTest, WithSomethingUnseenIsTheSameOrNone) {
  const char kPlain[] = "pat@acme.example";
  for (const char* unseen : {"\u200B", "\u00A0", "\u00AD", "\uFEFF", "\u2060", "\u200E", " "}) {
    for (size_t at = 0; at <= sizeof(kPlain) - 1; ++at) {
      std::string text = kPlain;
      text.insert(at, unseen);
      const std::string form = NormalizeEmail(text);
      EXPECT_TRUE(form == kPlain || form.empty()) << text << " is " << form;
      EXPECT_TRUE(at > 0 || form == kPlain || std::string(unseen) == "\u200E") << text;
    }
  }
}

TEST(EmailTest, IsRefusedWhereRfc5321WantsQuotes) {
  for (const char* text : {"",
                           "a",
                           "@b.ch",
                           "a@",
                           "a b@c.ch",
                           "a@b c.ch",
                           "a@b..ch",
                           "a@-b.ch",
                           "a@b",
                           "jane@a.example;john@a.example",
                           "jane@a.example,john@a.example",
                           "jane@@a.example",
                           "mailto:jane@a.example",
                           "jane<jane@a.example",
                           "Jane <jane@a.example>",
                           "ja(ne)@a.example",
                           "ja\"ne@a.example",
                           "ja\\ne@a.example",
                           "ja[ne]@a.example",
                           ".jane@a.example",
                           "jane.@a.example",
                           "ja..ne@a.example",
                           "jane@[192.0.2.1]",
                           "jane@a.example/x",
                           "jane@a.example:25",
                           "ja\x01ne@a.example",
                           "ja\u2028ne@a.example",
                           "\"\"@a.example",
                           "\"ja\"ne\"@a.example",
                           "\"jane\\\"@a.example",
                           "\"ja ne\"@a.example",
                           "\xff@a.example"}) {
    EXPECT_EQ(NormalizeEmail(text), "") << text;
  }
  EXPECT_EQ(NormalizeEmail(std::string("a\0b@c.ch", 8)), "");
  EXPECT_EQ(NormalizeEmail(std::string("ab@c\0.ch", 8)), "");
}

TEST(EmailTest, QuotesAreKeptWhereTheyAreNeeded) {
  ExpectForms(NormalizeEmail, {
                                  {"\"Jane\"@a.example", "jane@a.example"},
                                  {"\"ja\\ne\"@a.example", "jane@a.example"},
                                  {"\"A@x\"@b.ch", "\"a@x\"@b.ch"},
                                  {"\"a\\\"b\"@b.ch", "\"a\\\"b\"@b.ch"},
                                  {"\"a..b\"@b.ch", "\"a..b\"@b.ch"},
                                  {"\"\\a,b\"@b.ch", "\"a,b\"@b.ch"},
                              });
}

TEST(EmailTest, HasALocalPartOfAtMost64Bytes) {
  EXPECT_NE(NormalizeEmail(std::string(64, 'a') + "@b.ch"), "");
  EXPECT_EQ(NormalizeEmail(std::string(65, 'a') + "@b.ch"), "");
}

TEST(DomainTest, IsComparedByIdna) {
  ExpectForms(NormalizeDomain, {
                                   {" WWW.Example.Com. ", "example.com"},
                                   {"example.com", "example.com"},
                                   {"münchen.de", "münchen.de"},
                                   {"MÜNCHEN.DE.", "münchen.de"},
                                   {"xn--mnchen-3ya.de", "münchen.de"},
                                   {"XN--MNCHEN-3YA.DE", "münchen.de"},
                                   {"mu\u0308nchen.de", "münchen.de"},
                                   {"mün\u00ADchen.de", "münchen.de"},
                                   {"münchen。de", "münchen.de"},
                                   {"straße.de", "straße.de"},
                                   {"strasse.de", "strasse.de"},
                                   {"faß.de", "faß.de"},
                                   {"例え.テスト", "例え.テスト"},
                                   {"a_b.example", "a_b.example"},
                                   {"r3---sn.example", "r3---sn.example"},
                                   {"www.com", "www.com"},
                                   {"www.münchen.de", "münchen.de"},
                               });
}

TEST(DomainTest, IsTakenOutOfAnUrl) {
  ExpectForms(NormalizeDomain, {
                                   {"https://www.example.org/x", "example.org"},
                                   {"http://example.org", "example.org"},
                                   {"HTTPS://Example.org:8443/a/b?c#d", "example.org"},
                                   {"https://user:secret@www.example.org/x@y", "example.org"},
                                   {"https://bücher.example?q=1", "bücher.example"},
                                   {"www.example.org/x", "example.org"},
                                   {"example.org:443", "example.org"},
                                   {"https://", ""},
                                   {"https:///x", ""},
                                   {"mailto:jane@example.org", ""},
                               });
}

TEST(DomainTest, ConsistsOfTwoLabelsOrMore) {
  for (const char* good : {"a-b.c-d.ch", "x1.y2", "1.2.3.4"}) {
    EXPECT_EQ(NormalizeDomain(good), good);
  }
  for (const char* bad : {"", ".", "a", "localhost", "a..b", ".a", "a.", "a.b..", "-a.ch", "a-.ch",
                          "a b.ch", "a\u00A0b.ch", "a/b", "a@b.ch", "not a domain", "xn--a.de",
                          "💩.la", "\u200D.de", "\xff.de"}) {
    EXPECT_EQ(NormalizeDomain(bad), "") << bad;
  }
  EXPECT_NE(NormalizeDomain(std::string(63, 'a') + ".ch"), "");
  EXPECT_EQ(NormalizeDomain(std::string(64, 'a') + ".ch"), "");
  std::string longest = std::string(61, 'a');
  for (int i = 0; i < 3; ++i) absl::StrAppend(&longest, ".", std::string(63, 'a'));
  EXPECT_EQ(longest.size(), 253u);
  EXPECT_NE(NormalizeDomain(longest), "");
  EXPECT_EQ(NormalizeDomain("b" + longest), "");
}

}  // namespace
}  // namespace crm::address
