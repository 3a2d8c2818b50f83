// Every operation that the page sends.

const ROW = `fragment Row on Invoice {
  id number series issueDate currency status statusChangedAt seen version registryNumber rcfNumber
  issuer { name taxId } receiver { name taxId } totals { payable } cancellation { state } offices { role code name }
}`;

const DETAIL = `fragment Detail on Invoice {
  ...Row
  documentType invoiceClass registeredAt rejectionReason paymentDate createdAt availableTransitions
  issuer { kind } receiver { kind registered }
  totals { gross discounts charges taxable taxes withheld total payable }
  taxes { type rate base amount withheld }
  lines { position description quantity unit unitPrice gross taxRate }
  payments { dueDate amount means iban }
  corrects { number series reason issueDate invoice { id number series status } }
  correctedBy { id number series status }
  canRequestCancellation canAnswerCancellation canWithdrawCancellation
  cancellation { state reason comment requestedAt answeredAt history { act at actor }
    travel { platform sentAt arrivedAt withdrawnAt attempts nextAttemptAt lastError } }
  history { id from to at actor automated info registryNumber rcfNumber reason reasonCode paymentDate unexpected }
  document { format signedUrl size sha256 signature { status signer } }
  receipt { signedUrl }
  travel { platform direction state sentAt arrivedAt attempts nextAttemptAt lastError }
  attachments { id name mediaType size description signedUrl }
}`;

const ERRORS = `errors {
  __typename code message path
  ... on TransitionRefused { from to }
  ... on CancellationRefused { reason }
  ... on DuplicateInvoice { existing { id number series } }
  ... on DocumentRefused { findings {
    rule severity location line expected found
    ca: message(language: CA) es: message(language: ES) en: message(language: EN)
  } }
}`;

const SESSION = `accessToken refreshToken expiresAt errors { code message }`;

export const SIGN_IN = `mutation SignIn($input: SignInInput!) { signIn(input: $input) { ${SESSION} } }`;
export const REFRESH_SESSION = `mutation RefreshSession($input: RefreshSessionInput!) {
  refreshSession(input: $input) { ${SESSION} }
}`;
export const SIGN_OUT = `mutation SignOut { signOut { errors { code } } }`;

export const START = `query Start {
  viewer { id name email roles party { id name taxId kind } }
  statuses { status final ca: name(language: CA) es: name(language: ES) en: name(language: EN) }
}`;

export const INVOICES = `query Invoices($role: PartyRole!, $filter: InvoiceFilter, $orderBy: InvoiceOrder, $after: String) {
  invoices(role: $role, filter: $filter, first: 40, after: $after, orderBy: $orderBy) {
    nodes { ...Row }
    pageInfo { hasNextPage endCursor }
  }
}
${ROW}`;

export const SUMMARY = `query Summary($role: PartyRole!, $filter: InvoiceFilter) {
  invoiceSummary(role: $role, filter: $filter) { status count payable currency }
}`;

export const SUMMARY_CHANGED = `subscription SummaryChanged($role: PartyRole!) {
  figures: invoiceSummaryChanged(role: $role) { totals { currency count waiting daysWaiting longestWaiting daysToPay } }
}`;

const KEPT = `id name ownerName mine shared filter {
  status counterparty number search issuedFrom issuedTo changedSince totalFrom totalTo unseen office officeRole
  cancellationPending
} orderBy { field direction } columns`;
export const SAVED_FILTERS = `query SavedFilters($role: PartyRole) { savedFilters(role: $role) { ${KEPT} } }`;
export const SAVE_FILTER = `mutation SaveFilter($input: SaveFilterInput!) {
  saveFilter(input: $input) { savedFilter { ${KEPT} } ${ERRORS} }
}`;
export const DELETE_FILTER = `mutation DeleteFilter($input: DeleteFilterInput!) {
  deleteFilter(input: $input) { deletedId ${ERRORS} }
}`;

export const INVOICE = `query Invoice($id: ID!) { invoice(id: $id) { ...Detail } }
${ROW}
${DETAIL}`;

export const MARK_SEEN = `mutation MarkSeen($input: MarkInvoiceSeenInput!) {
  markInvoiceSeen(input: $input) { invoice { id seen } ${ERRORS} }
}`;

export const FEED_CURSOR = `query FeedCursor($role: PartyRole!) { cursor: feedCursor(role: $role) }`;
export const CANCELLATION_CURSOR = `query CancellationCursor($role: PartyRole!) { cursor: cancellationCursor(role: $role) }`;

export const STATUS_CHANGED = `subscription StatusChanged($role: PartyRole!, $after: String) {
  event: invoiceStatusChanged(role: $role, after: $after) { cursor change { id from to at actor } invoice { ...Row } }
}
${ROW}`;

export const CANCELLATION_CHANGED = `subscription CancellationChanged($role: PartyRole!, $after: String) {
  event: cancellationChanged(role: $role, after: $after) { cursor change { act state at actor } invoice { ...Row } }
}
${ROW}`;

const issuing = (name, input) => `mutation Issue($input: ${input}!) {
  ${name}(input: $input) { invoice { id } ${ERRORS} }
}`;
export const ISSUE = issuing("issueInvoice", "IssueInvoiceInput");
export const IMPORT = issuing("importInvoice", "ImportInvoiceInput");

const moving = (name, input = "ChangeStatusInput") => `mutation Move($input: ${input}!) {
  ${name}(input: $input) { invoice { ...Detail } ${ERRORS} }
}
${ROW}
${DETAIL}`;

const cancelling = (name) => `mutation Cancelling($input: ${name[0].toUpperCase()}${name.slice(1)}Input!) {
  ${name}(input: $input) { invoice { ...Detail } ${ERRORS} }
}
${ROW}
${DETAIL}`;
export const CANCELLING = {
  request: cancelling("requestCancellation"),
  accept: cancelling("acceptCancellation"),
  refuse: cancelling("refuseCancellation"),
  withdraw: cancelling("withdrawCancellation"),
};

export const TRACK = `query Track($number: String!, $issuerTaxId: String!, $receiverTaxId: String!, $amount: Decimal!) {
  trackInvoice(number: $number, issuerTaxId: $issuerTaxId, receiverTaxId: $receiverTaxId, amount: $amount) {
    status cancellation history { status at }
  }
  statuses { status final ca: name(language: CA) es: name(language: ES) en: name(language: EN) }
}`;

// The mutation that brings an invoice to a state.
export const MOVES = {
  REGISTERED: moving("registerInvoice", "RegisterInvoiceInput"),
  DELIVERED: moving("markInvoiceDelivered"),
  REGISTERED_IN_RCF: moving("registerInvoiceInRcf", "RegisterInvoiceInRcfInput"),
  RECEIVED: moving("markInvoiceReceived"),
  CONFORMED: moving("conformInvoice"),
  RECOGNISED: moving("recogniseInvoice"),
  PAID: moving("markInvoicePaid", "MarkInvoicePaidInput"),
  REJECTED: moving("rejectInvoice", "RejectInvoiceInput"),
};

export const ADDRESSES = `query NoticeAddresses { noticeAddresses { id address language timing events unsubscribedAt } }`;

export const NOTIFICATIONS = `query Notifications($after: String) {
  notifications(first: 30, after: $after) {
    nodes { id kind recipient state lastCode lastAnswer createdAt sentAt invoice { id series number } }
    pageInfo { hasNextPage endCursor }
  }
}`;

export const SAVE_ADDRESS = `mutation SaveNoticeAddress($input: SaveNoticeAddressInput!) {
  saveNoticeAddress(input: $input) { address { id } ${ERRORS} }
}`;
export const REMOVE_ADDRESS = `mutation RemoveNoticeAddress($input: RemoveNoticeAddressInput!) {
  removeNoticeAddress(input: $input) { ${ERRORS} }
}`;
export const RESEND = `mutation ResendNotification($input: ResendNotificationInput!) {
  resendNotification(input: $input) { notification { id } ${ERRORS} }
}`;

export const ACCEPT_INVITATION = `mutation AcceptInvitation($input: AcceptInvitationInput!) {
  acceptInvitation(input: $input) { accessToken refreshToken expiresAt registeredInvoices errors { code message path } }
}`;

export const INVITATION = `query Invitation($receiverTaxId: String!) {
  invitations(receiverTaxId: $receiverTaxId, first: 1) { nodes { email state createdAt expiresAt } }
  receiverKeys(receiverTaxId: $receiverTaxId, first: 20) { nodes { id state createdBy expiresAt } }
  invitationEvents(receiverTaxId: $receiverTaxId, first: 30) { nodes { kind at actor email } }
}`;
export const CREATE_KEY = `mutation CreateReceiverKey($input: CreateReceiverKeyInput!) {
  createReceiverKey(input: $input) { secret errors { code message path } }
}`;
export const RENEW_KEY = `mutation RenewReceiverKey($input: ReceiverKeyInput!) {
  renewReceiverKey(input: $input) { secret errors { code message path } }
}`;
export const REVOKE_KEY = `mutation RevokeReceiverKey($input: ReceiverKeyInput!) {
  revokeReceiverKey(input: $input) { errors { code message path } }
}`;
export const RENEW_INVITATION = `mutation RenewInvitation($input: RenewInvitationInput!) {
  renewInvitation(input: $input) { errors { code message path } }
}`;

export const ACCEPT_USER_INVITATION = `mutation AcceptUserInvitation($input: AcceptUserInvitationInput!) {
  acceptUserInvitation(input: $input) { accessToken refreshToken expiresAt errors { code message path } }
}`;
export const RESET_PASSWORD = `mutation ResetPassword($input: ResetPasswordInput!) {
  resetPassword(input: $input) { accessToken refreshToken expiresAt errors { code message path } }
}`;
export const REQUEST_RESET = `mutation RequestPasswordReset($input: RequestPasswordResetInput!) {
  requestPasswordReset(input: $input) { errors { code message path } }
}`;
export const CHANGE_PASSWORD = `mutation ChangePassword($input: ChangePasswordInput!) {
  changePassword(input: $input) { errors { code message path } }
}`;

export const PEOPLE = `query People {
  partyUsers { id name email roles officeCodes active lastSignInAt lastAdministrator }
  userInvitations(first: 100) { nodes { id email name roles officeCodes language state invitedBy createdAt expiresAt } }
  partyUserEvents(first: 50) { nodes { kind at email actor roles officeCodes } }
}`;
export const INVITE_USER = `mutation InviteUser($input: InviteUserInput!) {
  inviteUser(input: $input) { invitation { id } ${ERRORS} }
}`;
export const REVOKE_USER_INVITATION = `mutation RevokeUserInvitation($input: RevokeUserInvitationInput!) {
  revokeUserInvitation(input: $input) { invitation { id } ${ERRORS} }
}`;
export const SET_ROLES = `mutation SetUserRoles($input: SetUserRolesInput!) {
  setUserRoles(input: $input) { user { id } ${ERRORS} }
}`;
export const SET_ACTIVE = `mutation SetUserActive($input: SetUserActiveInput!) {
  setUserActive(input: $input) { user { id } ${ERRORS} }
}`;
export const LIMIT_USER = `mutation LimitUserToOffices($input: LimitUserToOfficesInput!) {
  limitUserToOffices(input: $input) { user { id } ${ERRORS} }
}`;

export const API_TOKENS = `query ApiTokens {
  apiTokens(first: 100) { nodes { id name scopes userName createdAt expiresAt lastUsedAt revokedAt } }
}`;

export const CREATE_TOKEN = `mutation CreateApiToken($input: CreateApiTokenInput!) {
  createApiToken(input: $input) { token apiToken { id } ${ERRORS} }
}`;

export const REVOKE_TOKEN = `mutation RevokeApiToken($input: RevokeApiTokenInput!) {
  revokeApiToken(input: $input) { apiToken { id } ${ERRORS} }
}`;

export const WEBHOOKS = `query Webhooks {
  webhooks {
    id url state disabledWhy disabledAt failingSince lastError
    deliveries(first: 10) { nodes { id event state attempts lastCode lastError nextAttemptAt sentAt createdAt } }
  }
}`;

export const CREATE_WEBHOOK = `mutation CreateWebhook($input: CreateWebhookInput!) {
  createWebhook(input: $input) { secret webhook { id } ${ERRORS} }
}`;

export const UPDATE_WEBHOOK = `mutation UpdateWebhook($input: UpdateWebhookInput!) {
  updateWebhook(input: $input) { webhook { id } ${ERRORS} }
}`;

export const DELETE_WEBHOOK = `mutation DeleteWebhook($input: WebhookInput!) {
  deleteWebhook(input: $input) { webhook { id } ${ERRORS} }
}`;

export const TEST_WEBHOOK = `mutation TestWebhook($input: WebhookInput!) {
  testWebhook(input: $input) { delivery { id } ${ERRORS} }
}`;
