#pragma once

#include "common/base/money.h"

namespace crm::rpc {

// crm.type.v1.Money ⇄ base::Money, on the message type so that nothing here depends on generated
// code. The inputs are valid; Validation checks them.
template <class Message>
base::Money MoneyFrom(const Message& message) {
  return {message.currency_code(), message.amount_minor()};
}

template <class Message>
void SetMoney(const base::Money& money, Message* message) {
  message->set_currency_code(money.currency);
  message->set_amount_minor(money.minor);
}

}  // namespace crm::rpc
