import { graphql } from "relay-runtime";

//> operations
graphql`
  query InvoicesQuery($first: Int!) {
    feedCursor(role: RECEIVER)
    ...Invoices_list @arguments(first: $first)
  }
`;

graphql`
  fragment Invoices_list on Query
  @argumentDefinitions(first: { type: "Int!" }, after: { type: "String" })
  @refetchable(queryName: "InvoicesPageQuery") {
    invoices(role: RECEIVER, first: $first, after: $after) @connection(key: "Invoices_invoices") {
      __id
      edges { node { id number status ...Invoices_row } }
    }
  }
`;

graphql`
  fragment Invoices_row on Invoice @refetchable(queryName: "InvoicesRowQuery") { number status version }
`;

graphql`
  subscription InvoicesChangesSubscription($after: String, $connections: [ID!]!) {
    invoiceStatusChanged(role: RECEIVER, after: $after) {
      cursor
      change { to }
      invoice @prependNode(connections: $connections, edgeTypeName: "InvoiceEdge") { id number status ...Invoices_row }
    }
  }
`;
//<

graphql`
  mutation InvoicesSignInMutation($input: SignInInput!) {
    signIn(input: $input) { accessToken errors { code message } }
  }
`;

graphql`
  mutation InvoicesRegisterMutation($input: RegisterInvoiceInRcfInput!) {
    registerInvoiceInRcf(input: $input) { invoice { id number status ...Invoices_row } errors { code message } }
  }
`;

graphql`
  mutation InvoicesImportMutation($input: ImportInvoiceInput!) {
    importInvoice(input: $input) { invoice { id number status } errors { code message } }
  }
`;
